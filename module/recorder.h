/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_RECORDER_H
#define NSORPHAN_RECORDER_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/types.h>

#include "event.h"

#define RECORDER_MIN_RECORDS	16
#define RECORDER_MAX_RECORDS	BIT(20)

enum recorder_result {
	RECORDER_NONE,	/* nothing to read yet */
	RECORDER_EVENT,	/* one event was read */
	RECORDER_LOST,	/* events before the cursor are lost to this reader */
};

/**
 * struct recorder_watch - somebody who wants to know of new records
 * @wants: is anybody waiting? Asked by recorder_wake(), in its context
 * @wake: there are new records; called in irq_work context
 * @node: for the recorder
 */
struct recorder_watch {
	bool (*wants)(void);
	void (*wake)(void);
	struct list_head node;
};

struct recorder_counters {
	u32 records;		/* how many the recorder holds */
	u64 bytes;		/* memory that these take */
	u64 oldest_seq;
	u64 next_seq;
	u64 overwritten;
	u64 dropped;
};

/*
 * Allocates the ring. May sleep. records is a power of two in the bounds
 * above. Returns 0 or -ENOMEM.
 */
int recorder_start(u32 records);

/* Frees it; all writers, readers and watches are gone by then. May sleep. */
void recorder_stop(void);

/*
 * One caller at a time. Once del returns, neither of the watch's calls runs or
 * will run. May sleep.
 */
void recorder_add_watch(struct recorder_watch *watch);
void recorder_del_watch(struct recorder_watch *watch);

/*
 * The ring, and how an event gets into it, once an orphan: so here, to be
 * inlined. recorder.c says how it works; nobody else looks inside.
 */
struct recorder_slot {
	atomic64_t state;	/* RECORDER_BUSY or RECORDER_WHOLE of an event */
	atomic64_t skipped;	/* newest event that found the slot busy */
	struct event event;
} ____cacheline_aligned_in_smp;

extern struct recorder {
	struct recorder_slot *slots;
	u64 mask;		/* one less than their number */
	u64 lap;		/* from WHOLE of one lap to BUSY of the next */
	atomic64_t next_seq ____cacheline_aligned_in_smp;
} recorder;

#define RECORDER_BUSY(seq)	((s64)(2 * (seq) + 1))
#define RECORDER_WHOLE(seq)	((s64)(2 * (seq) + 2))

static inline struct recorder_slot *recorder_slot(u64 seq)
{
	return &recorder.slots[seq & recorder.mask];
}

/* The slot is not as the lap before leaves it: claims it, or drops the event. */
bool recorder_claim(struct recorder_slot *slot, u64 seq);

/*
 * Takes the next sequence number and the slot that goes with it, with seq,
 * boot_ns and type set; the caller fills in the rest of its event and commits.
 * Any context, preemption disabled from here to the commit. False if the slot
 * is still being filled by a writer that is a whole ring behind: counted as
 * dropped, nothing to commit, and who waits for it is woken.
 */
static __always_inline bool recorder_reserve(struct recorder_slot **reserved,
					     enum nsorphan_event_type type,
					     u64 boot_ns)
{
	u64 seq = atomic64_fetch_inc_relaxed(&recorder.next_seq);
	struct recorder_slot *slot = recorder_slot(seq);
	s64 busy = RECORDER_BUSY(seq), state = busy - recorder.lap;

	if (unlikely(!atomic64_try_cmpxchg(&slot->state, &state, busy)) &&
	    !recorder_claim(slot, seq))
		return false;
	slot->event.seq = seq;
	slot->event.boot_ns = boot_ns;
	slot->event.type = type;
	*reserved = slot;
	return true;
}

static __always_inline void recorder_commit(struct recorder_slot *slot)
{
	/* From BUSY to WHOLE; nobody else writes to it. */
	atomic64_set_release(&slot->state, atomic64_read(&slot->state) + 1);
}

/*
 * Wakes who waits for records. Any context, preemption disabled; after one
 * commit, or several: what was committed before is there for whoever wakes up.
 * Or after none, where there is other news than records.
 */
void recorder_wake(void);

/*
 * Reads the event at *cursor into event and moves the cursor on. On
 * RECORDER_LOST the events from *first up to the cursor are lost to this
 * reader. The cursor is the reader's own; process context.
 */
enum recorder_result recorder_read(u64 *cursor, struct event *event,
				   u64 *first);

/* Sequence numbers: of the oldest record held, and of the next one. */
u64 recorder_oldest_seq(void);
u64 recorder_next_seq(void);

void recorder_counters(struct recorder_counters *counters);

#endif
