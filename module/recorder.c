// SPDX-License-Identifier: GPL-2.0
/*
 * The flight recorder: a ring of the last N events.
 *
 * What it guarantees:
 *  - A writer waits for nobody: no lock, no loop that another can prolong. It
 *    may run in any context, inside another writer too.
 *  - Every event gets a sequence number, from 1 and without gaps.
 *  - A reader gets whole events, each once and in order, or is told which
 *    ones it missed. It takes no lock that a writer takes.
 *
 * How: the slot of event s is s modulo N, and its state word says what it holds:
 * BUSY(s) while the writer of s fills it, WHOLE(s) after that. Both grow with s,
 * so one comparison tells older from newer.
 *
 * A writer claims its slot by cmpxchg from an older WHOLE to BUSY. That is a
 * full barrier, so nobody sees the new event's bytes under the old state; the
 * release of WHOLE makes the bytes visible before it. Should the slot still be
 * BUSY, its writer is N events late (its virtual CPU was taken away, say): the
 * newcomer gives up, counts itself dropped and leaves its number in the slot's
 * `skipped`, so that no reader waits for it. A writer that comes so late that
 * its slot holds a newer event is dropped too; readers find it overwritten.
 *
 * A reader acquires the state, copies, and looks at the state again behind
 * smp_rmb(): if it is the same, what was copied is whole.
 */
#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/ktime.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include "recorder.h"

#define BUSY(seq)	(2 * (seq) + 1)
#define WHOLE(seq)	(2 * (seq) + 2)

struct slot {
	atomic64_t state;
	atomic64_t skipped;	/* newest event that found the slot busy */
	struct event event;
};

static struct slot *ring;
static u32 ring_size;
static atomic64_t next_seq;
static atomic64_t dropped;

static LIST_HEAD(watches);
static struct irq_work wake_work;

/* Among readers only: what was overwritten before one of them saw it. */
static DEFINE_SPINLOCK(overwritten_lock);
static u64 overwritten;
static u64 overwritten_until;

static struct slot *slot_of(u64 seq)
{
	return &ring[seq & (ring_size - 1)];
}

static void wake_watches(struct irq_work *work)
{
	struct recorder_watch *watch;

	rcu_read_lock();
	list_for_each_entry_rcu(watch, &watches, node)
		watch->wake();
	rcu_read_unlock();
}

int recorder_start(u32 records)
{
	ring = vzalloc(array_size(records, sizeof(*ring)));
	if (!ring)
		return -ENOMEM;
	ring_size = records;
	atomic64_set(&next_seq, 1);
	init_irq_work(&wake_work, wake_watches);
	return 0;
}

void recorder_stop(void)
{
	vfree(ring);
}

void recorder_add_watch(struct recorder_watch *watch)
{
	list_add_tail_rcu(&watch->node, &watches);
}

void recorder_del_watch(struct recorder_watch *watch)
{
	list_del_rcu(&watch->node);
	synchronize_rcu();
	irq_work_sync(&wake_work);
}

static void drop(struct slot *slot, u64 seq)
{
	s64 skipped = atomic64_read(&slot->skipped);

	/* Ends: each failed exchange means that another, newer one was noted. */
	while (skipped < seq &&
	       !atomic64_try_cmpxchg(&slot->skipped, &skipped, seq))
		;
	atomic64_inc(&dropped);
}

struct event *recorder_reserve(enum nsorphan_event_type type)
{
	u64 seq = atomic64_fetch_inc(&next_seq);
	struct slot *slot = slot_of(seq);
	s64 state = atomic64_read(&slot->state);

	/* WHOLE is even, BUSY odd. */
	if ((state & 1) || state > BUSY(seq) ||
	    !atomic64_try_cmpxchg(&slot->state, &state, BUSY(seq))) {
		drop(slot, seq);
		return NULL;
	}
	slot->event.seq = seq;
	slot->event.boot_ns = ktime_get_boot_fast_ns();
	slot->event.type = type;
	return &slot->event;
}

void recorder_commit(struct event *event)
{
	struct slot *slot = container_of(event, struct slot, event);
	u64 seq = event->seq;
	struct recorder_watch *watch;

	atomic64_set_release(&slot->state, WHOLE(seq));
	/* Pairs with the barrier of a reader that goes to sleep. */
	smp_mb();
	rcu_read_lock();
	list_for_each_entry_rcu(watch, &watches, node)
		if (watch->wants(seq))
			irq_work_queue(&wake_work);
	rcu_read_unlock();
}

u64 recorder_next_seq(void)
{
	return atomic64_read(&next_seq);
}

static u64 oldest_before(u64 next)
{
	return next > ring_size ? next - ring_size : 1;
}

u64 recorder_oldest_seq(void)
{
	return oldest_before(recorder_next_seq());
}

/* Several readers may miss the same record; it is counted once. */
static void count_overwritten(u64 first, u64 until)
{
	spin_lock(&overwritten_lock);
	if (first < overwritten_until)
		first = overwritten_until;
	if (first < until) {
		overwritten += until - first;
		overwritten_until = until;
	}
	spin_unlock(&overwritten_lock);
}

enum recorder_result recorder_read(u64 *cursor, struct event *event,
				   u64 *first)
{
	for (;;) {
		u64 seq = *cursor;
		u64 next = recorder_next_seq();
		u64 oldest = oldest_before(next);
		struct slot *slot = slot_of(seq);
		s64 state;

		if (seq >= next)
			return RECORDER_NONE;
		if (seq < oldest) {
			count_overwritten(seq, oldest);
			*first = seq;
			*cursor = oldest;
			return RECORDER_LOST;
		}

		state = atomic64_read_acquire(&slot->state);
		if (state == WHOLE(seq)) {
			*event = slot->event;
			/* The copy is done before the second look. */
			smp_rmb();
			if (atomic64_read(&slot->state) == state) {
				*cursor = seq + 1;
				return RECORDER_EVENT;
			}
		} else if (state <= BUSY(seq)) {
			/* Being written, unless its writer gave up. */
			if (state == BUSY(seq) ||
			    atomic64_read(&slot->skipped) < seq)
				return RECORDER_NONE;
			*first = seq;
			*cursor = seq + 1;
			return RECORDER_LOST;
		}
		/* Overwritten meanwhile: next_seq has moved on, and tells so. */
	}
}

void recorder_counters(struct recorder_counters *counters)
{
	u64 next = recorder_next_seq();

	counters->records = ring_size;
	counters->oldest_seq = oldest_before(next);
	counters->next_seq = next;
	counters->dropped = atomic64_read(&dropped);
	spin_lock(&overwritten_lock);
	counters->overwritten = overwritten;
	spin_unlock(&overwritten_lock);
}
