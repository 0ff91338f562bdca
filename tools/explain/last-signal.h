/* SPDX-License-Identifier: GPL-2.0 */
/* The last signal that a process was sent, and how far the record is complete. */
#ifndef NSORPHAN_LAST_SIGNAL_H
#define NSORPHAN_LAST_SIGNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "genl/history.h"

struct life;
struct snapshot;

/*
 * The functions that find a signal leave sent->record to those below them.
 * Signals of the kernel do not count, for a key on a terminal for instance.
 */

/*
 * Finds the last recorded signal that asked @target to end, or where there is
 * none, the last one that ends a process by default. Signals before @since_ns
 * (since boot) do not count.
 */
void last_signal_find(const struct history *history,
		      const struct process *target, uint64_t since_ns,
		      struct last_signal *sent);

/*
 * Does the same for @main of a container, which the engine stops with
 * @stop_signal (0: none is set): a signal asks it to end as signal_asks() says,
 * unless its sender is a descendant of main in @snapshot. What @history has lost
 * is taken from @life of the ledger; NULL: there is none.
 */
void last_signal_to_main(const struct history *history,
			 const struct snapshot *snapshot,
			 const struct life *life, const struct process *main,
			 uint32_t stop_signal, struct last_signal *sent);

/* Finds the last SIGKILL that was delivered to @main; not known: there is none. */
void last_signal_kill(const struct history *history, const struct life *life,
		      const struct process *main, struct last_signal *sent);

/*
 * How many of the signals to a process of pid namespace @pidns, or to one that
 * is @contained, are recorded that came after event number @seq (0: unknown).
 * That event is recorded itself.
 */
enum signal_coverage last_signal_coverage(const struct history *history,
					  uint32_t pidns, bool contained,
					  uint64_t seq);

/* The same since @process was started. */
enum signal_coverage last_signal_coverage_of(const struct history *history,
					     const struct process *process,
					     bool contained);

#endif
