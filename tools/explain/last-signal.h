/* SPDX-License-Identifier: GPL-2.0 */
/* Which signal a process was sent last, and whether that is known. */
#ifndef NSORPHAN_SENT_H
#define NSORPHAN_SENT_H

#include <stdbool.h>
#include <stdint.h>

#include "genl/history.h"

/*
 * The last signal recorded that asked @target to end, not before @since_ns; or
 * where there is none, the last that ends a process. Where the kernel sent it
 * (a key on a terminal), it does not count. What
 * of them is recorded is left to the functions below.
 */
void last_signal_find(const struct history *history, const struct process *target,
	       uint64_t since_ns, struct last_signal *sent);

/*
 * What is recorded of the signals to a process of pid namespace @pidns since
 * event number @seq, which is recorded itself (0: there is no such event).
 */
enum signal_coverage last_signal_coverage(const struct history *history, uint32_t pidns,
			     uint64_t seq);

/* The same since @process was started, as far back as the module was there. */
enum signal_coverage last_signal_coverage_of(const struct history *history,
				const struct process *process);

#endif
