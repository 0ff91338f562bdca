// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>

#include "recorder-wake.h"
#include "recorder-writer.h"

struct nso_recorder nso_recorder;

void nso_recorder_drop(struct nso_recorder_slot *slot, u64 ticket)
{
	s64 skipped = atomic64_read(&slot->skipped);

	/* The loop ends: a cmpxchg fails only if a newer ticket was noted. */
	while (nso_recorder_seq(skipped) < nso_recorder_seq(ticket) &&
	       !atomic64_try_cmpxchg(&slot->skipped, &skipped, ticket))
		;
	atomic64_inc(&nso_recorder.dropped);
	/* A reader may wait for this event, with later ones behind it. */
	nso_recorder_wake();
}
