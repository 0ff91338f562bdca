/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The recorder as writers see it, inlined because every event passes through
 * here. recorder.c says how the rings work; only it and writers include this.
 */
#ifndef NSO_RECORDER_WRITER_H
#define NSO_RECORDER_WRITER_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/kernel.h>
#include <linux/types.h>

#include "event.h"

/*
 * A ticket is what a writer draws: the sequence number of its event in the low
 * bits, and in the high bits how many lifecycle events were drawn before it,
 * modulo NSO_RECORDER_INDEXES. The state of a slot uses the bit between them.
 * At 100,000 events a second, sequence numbers reach that bit after years.
 */
#define NSO_RECORDER_INDEX_SHIFT	44
#define NSO_RECORDER_INDEXES		BIT(64 - NSO_RECORDER_INDEX_SHIFT)
#define NSO_RECORDER_BUSY		BIT_ULL(NSO_RECORDER_INDEX_SHIFT - 1)

#define NSO_RECORDER_TICKET(lifecycle, seq) \
	((u64)(lifecycle) << NSO_RECORDER_INDEX_SHIFT | (seq))

/* Returns the sequence number with BUSY above it: BUSY exceeds every ticket. */
static inline u64 nso_recorder_busy_seq(u64 state)
{
	return state & (BIT_ULL(NSO_RECORDER_INDEX_SHIFT) - 1);
}

/* Returns the sequence number in a ticket or state. */
static inline u64 nso_recorder_seq(u64 state)
{
	return state & (NSO_RECORDER_BUSY - 1);
}

/*
 * Returns the slot index of an event: how many of its kind were drawn before
 * it, modulo NSO_RECORDER_INDEXES.
 */
static inline u32 nso_recorder_index(enum nso_event_kind kind, u64 state)
{
	u32 lifecycle = state >> NSO_RECORDER_INDEX_SHIFT;

	if (kind == NSO_EVENT_LIFECYCLE)
		return lifecycle;
	return (nso_recorder_seq(state) - lifecycle) % NSO_RECORDER_INDEXES;
}

/**
 * struct nso_recorder_slot - room for one event
 * @state: ticket of the event, and NSO_RECORDER_BUSY while it is written
 * @skipped: ticket of the newest event that was dropped here
 * @event: the event
 */
struct nso_recorder_slot {
	atomic64_t state;
	atomic64_t skipped;
	struct nso_event event;
} ____cacheline_aligned_in_smp;

struct nso_recorder_ring {
	struct nso_recorder_slot *slots;
	u64 mask;		/* number of slots, less one */
};

extern struct nso_recorder {
	struct nso_recorder_ring rings[NSO_EVENT_KINDS];
	atomic64_t dropped;	/* events whose slot could not be claimed */
	atomic64_t next ____cacheline_aligned_in_smp;	/* next ticket */
} nso_recorder;

/* Returns the slot for a slot index, which may exceed NSO_RECORDER_INDEXES. */
static inline struct nso_recorder_slot *
nso_recorder_slot(enum nso_event_kind kind, u32 index)
{
	const struct nso_recorder_ring *ring = &nso_recorder.rings[kind];

	return &ring->slots[index & ring->mask];
}

/* Counts and notes the event of a ticket whose slot could not be claimed. */
void nso_recorder_drop(struct nso_recorder_slot *slot, u64 ticket);

/*
 * Draws the next sequence number and claims the slot that goes with it. On
 * success, seq, boot_ns and type of the event are set; the caller fills in the
 * rest and commits. Returns false if a writer that is a whole ring behind still
 * fills the slot: then the event is counted as dropped, readers that may wait
 * for it are woken, and there is nothing to commit.
 *
 * Any context; preemption is disabled from before the call until the commit.
 */
static __always_inline bool
nso_recorder_reserve(struct nso_recorder_slot **reserved,
		     enum nsorphan_event_type type, u64 boot_ns)
{
	const enum nso_event_kind kind = type == NSORPHAN_EVENT_TYPE_SIGNAL ?
		NSO_EVENT_SIGNALS : NSO_EVENT_LIFECYCLE;
	const u64 step = NSO_RECORDER_TICKET(kind == NSO_EVENT_LIFECYCLE, 1);
	u64 ticket = atomic64_fetch_add_relaxed(step, &nso_recorder.next);
	const u64 seq = nso_recorder_busy_seq(ticket);
	struct nso_recorder_slot *slot =
		nso_recorder_slot(kind, nso_recorder_index(kind, ticket));
	s64 state = atomic64_read(&slot->state);

	if (unlikely(nso_recorder_busy_seq(state) > seq ||
		     !atomic64_try_cmpxchg(&slot->state, &state,
					   ticket | NSO_RECORDER_BUSY))) {
		nso_recorder_drop(slot, ticket);
		return false;
	}
	slot->event.seq = seq;
	slot->event.boot_ns = boot_ns;
	slot->event.type = type;
	*reserved = slot;
	return true;
}

/* Makes the event visible to readers; nso_recorder_wake() wakes them. */
static __always_inline void nso_recorder_commit(struct nso_recorder_slot *slot)
{
	/*
	 * While the slot is BUSY, only the writer that claimed it stores to it.
	 */
	atomic64_set_release(&slot->state,
			     atomic64_read(&slot->state) - NSO_RECORDER_BUSY);
}

#endif
