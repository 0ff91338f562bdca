/* SPDX-License-Identifier: GPL-2.0 */
/* The last signal that a process was sent, and how far the record is complete. */
#ifndef NSORPHAN_LAST_SIGNAL_H
#define NSORPHAN_LAST_SIGNAL_H

#include <stdint.h>

#include "genl/history.h"

/*
 * Finds the last recorded signal that asked @target to end, or where there is
 * none, the last one that ends a process by default. Signals before @since_ns
 * (since boot) do not count, nor those that the kernel sent, for a key on a
 * terminal for instance. Leaves sent->record to the functions below.
 */
void last_signal_find(const struct history *history,
		      const struct process *target, uint64_t since_ns,
		      struct last_signal *sent);

/*
 * How many of the signals to a process of pid namespace @pidns are recorded
 * that came after event number @seq (0: unknown). That event is recorded
 * itself.
 */
enum signal_coverage last_signal_coverage(const struct history *history,
					  uint32_t pidns, uint64_t seq);

/*
 * The same since @process was started, or since the module was loaded if that
 * was later.
 */
enum signal_coverage last_signal_coverage_of(const struct history *history,
					     const struct process *process);

#endif
