/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_RECORDER_H
#define NSORPHAN_RECORDER_H

#include <linux/atomic.h>
#include <linux/bits.h>
#include <linux/cache.h>
#include <linux/irq_work.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/types.h>

#include "compat.h"
#include "event.h"

#define RECORDER_MIN_RECORDS	16
#define RECORDER_MAX_RECORDS	BIT(18)

enum recorder_result {
	RECORDER_NONE,	/* nothing to read yet */
	RECORDER_EVENT,	/* one event was read */
	RECORDER_LOST,	/* events before the cursor are lost to this reader */
};

/* Signals have a ring of their own, so that they push nothing else out. */
enum recorder_kind { RECORDER_DEATHS, RECORDER_SIGNALS, RECORDER_KINDS };

/**
 * struct recorder_cursor - where a reader goes on
 * @seq: the next event wanted; a reader may look at it, and raise it
 * @opened: from here on all was there as the reader came; it cannot be told for
 *	having lost what came before
 * @looked: next_seq as recorder_read() was here last
 * @place: no event from @seq on is before this one, in each ring
 */
struct recorder_cursor {
	u64 seq;
	u64 opened;
	u64 looked;
	u32 place[RECORDER_KINDS];
};

/**
 * struct recorder_watch - somebody who wants to know of new records
 * @wants: is anybody waiting? Asked by recorder_wake(), in its context, and
 *	before @wake
 * @wake: there are new records; called in irq_work context
 * @node: for the recorder
 */
struct recorder_watch {
	bool (*wants)(void);
	void (*wake)(void);
	struct list_head node;
};

struct recorder_counters {
	u32 records;		/* how many the recorder holds, of each kind */
	u64 bytes;		/* memory that these take */
	u64 oldest_seq;
	u64 next_seq;
	u64 overwritten;
	u64 dropped;
};

/*
 * Allocates the rings. May sleep. records is a power of two in the bounds
 * above. Returns 0 or -ENOMEM.
 */
int recorder_start(u32 records);

/* Frees them; all writers, readers and watches are gone by then. May sleep. */
void recorder_stop(void);

/*
 * One caller at a time. Once del returns, neither of the watch's calls runs or
 * will run. May sleep.
 */
void recorder_add_watch(struct recorder_watch *watch);
void recorder_del_watch(struct recorder_watch *watch);

/*
 * The rings, and how an event gets into one, once an orphan: so here, to be
 * inlined. recorder.c says how it works; nobody else looks inside.
 *
 * A ticket is what a writer draws: the event's sequence number, and how many
 * deaths came before it, modulo RECORDER_PLACES. The bit between is for the state
 * of a slot. Sequence numbers would reach it after years of 100,000 a second.
 */
#define RECORDER_PLACE_SHIFT	44
#define RECORDER_PLACES		BIT(64 - RECORDER_PLACE_SHIFT)
#define RECORDER_BUSY		BIT_ULL(RECORDER_PLACE_SHIFT - 1)

#define RECORDER_TICKET(place, seq) \
	((u64)(place) << RECORDER_PLACE_SHIFT | (seq))

/* Of a state that is BUSY, it is more than of any ticket. */
static inline u64 recorder_busy_seq(u64 state)
{
	return state & (BIT_ULL(RECORDER_PLACE_SHIFT) - 1);
}

static inline u64 recorder_seq(u64 state)
{
	return state & (RECORDER_BUSY - 1);
}

/* How many of its kind came before it, modulo RECORDER_PLACES. */
static inline u32 recorder_place(enum recorder_kind kind, u64 state)
{
	u32 deaths = state >> RECORDER_PLACE_SHIFT;

	if (kind == RECORDER_DEATHS)
		return deaths;
	return (recorder_seq(state) - deaths) % RECORDER_PLACES;
}

struct recorder_slot {
	atomic64_t state;	/* the ticket of the event, and RECORDER_BUSY */
	atomic64_t skipped;	/* ticket of the newest that was dropped here */
	struct event event;
} ____cacheline_aligned_in_smp;

struct recorder_ring {
	struct recorder_slot *slots;
	u64 mask;		/* one less than their number */
};

extern struct recorder {
	struct recorder_ring rings[RECORDER_KINDS];
	atomic64_t next ____cacheline_aligned_in_smp;	/* ticket */
} recorder;

static inline struct recorder_slot *recorder_slot(enum recorder_kind kind,
						  u32 place)
{
	const struct recorder_ring *ring = &recorder.rings[kind];

	return &ring->slots[place & ring->mask];
}

/* The event of this ticket is not recorded, since its slot is not to be had. */
void recorder_drop(struct recorder_slot *slot, u64 ticket);

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
	const enum recorder_kind kind = type == NSORPHAN_EVENT_TYPE_SIGNAL ?
		RECORDER_SIGNALS : RECORDER_DEATHS;
	const u64 step = RECORDER_TICKET(kind == RECORDER_DEATHS, 1);
	u64 ticket = atomic64_fetch_add_relaxed(step, &recorder.next);
	struct recorder_slot *slot =
		recorder_slot(kind, recorder_place(kind, ticket));
	s64 state = atomic64_read(&slot->state);

	if (unlikely(recorder_busy_seq(state) > recorder_busy_seq(ticket) ||
		     !atomic64_try_cmpxchg(&slot->state, &state,
					   ticket | RECORDER_BUSY))) {
		recorder_drop(slot, ticket);
		return false;
	}
	slot->event.seq = recorder_busy_seq(ticket);
	slot->event.boot_ns = boot_ns;
	slot->event.type = type;
	*reserved = slot;
	return true;
}

static __always_inline void recorder_commit(struct recorder_slot *slot)
{
	/* Nobody else writes to it. */
	atomic64_set_release(&slot->state,
			     atomic64_read(&slot->state) - RECORDER_BUSY);
}

/*
 * Wakes who waits for records. Any context, preemption disabled; after one
 * commit, or several: what was committed before is there for whoever wakes up.
 * Or after none, where there is other news than records.
 */
void recorder_wake(void);

/*
 * The same, at the next tick at the latest: for those that come by the hundred
 * thousand, and must not ask each time who sleeps.
 */
extern struct irq_work recorder_lazy_work;

static inline void recorder_wake_soon(void)
{
	/* F: one that is pending will see the records before. */
	smp_mb();
	if (!compat_irq_work_is_pending(&recorder_lazy_work))
		irq_work_queue(&recorder_lazy_work);
}

/* Cursors: at the oldest event that is held, and at the next one to come. */
void recorder_at_oldest(struct recorder_cursor *cursor);
void recorder_at_next(struct recorder_cursor *cursor);

/*
 * Reads the event at the cursor into event and moves the cursor on. On
 * RECORDER_LOST the events from *first up to the cursor are lost to this
 * reader. The cursor is the reader's own; process context.
 */
enum recorder_result recorder_read(struct recorder_cursor *cursor,
				   struct event *event, u64 *first);

/* The sequence number that the next event will have. Any context. */
static inline u64 recorder_next_seq(void)
{
	return recorder_seq(atomic64_read(&recorder.next));
}

void recorder_counters(struct recorder_counters *counters);

#endif
