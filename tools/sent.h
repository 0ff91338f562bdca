/* SPDX-License-Identifier: GPL-2.0 */
/* Which signal a process was sent last, and whether that is known. */
#ifndef NSORPHAN_SENT_H
#define NSORPHAN_SENT_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"

struct history;

/* What is recorded of the signals to a process. */
enum sent_record {
	SENT_ALL,
	SENT_SOME,	/* or it is not known that these are all */
	SENT_OFF,	/* none: the module's parameter leaves them out */
};

/* A signal that a process was sent. */
struct sent {
	bool		known;		/* there was one, and it is recorded */
	uint32_t	signal;
	enum nsorphan_signal_result result;
	uint64_t	seq;
	uint64_t	boot_ns;
	struct process	sender;		/* has is 0: the kernel */
	enum sent_record record;	/* of those that it might have been */
};

/*
 * The last signal recorded that asked @target to end, not before @since_ns; or
 * where there is none, the last that ends a process. Where the kernel sent it
 * (a key on a terminal), it does not count. What
 * of them is recorded is left to the functions below.
 */
void sent_last(const struct history *history, const struct process *target,
	       uint64_t since_ns, struct sent *sent);

/*
 * What is recorded of the signals to a process of pid namespace @pidns since
 * event number @seq, which is recorded itself (0: there is no such event).
 */
enum sent_record sent_record(const struct history *history, uint32_t pidns,
			     uint64_t seq);

/* The same since @process was started, as far back as the module was there. */
enum sent_record sent_record_of(const struct history *history,
				const struct process *process);

#endif
