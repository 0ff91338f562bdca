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
 *  - Its memory is the ring: N slots, allocated once.
 *
 * The slot of event s is s modulo N, and its state word says what it holds:
 * BUSY(s) while the writer of s fills it, WHOLE(s) after that. Both grow with s,
 * so one comparison tells older from newer.
 *
 * A writer takes the next number, and with it a slot, which it claims by
 * cmpxchg from an older WHOLE to BUSY. Should the slot still be BUSY, its writer
 * is N events late (its virtual CPU was taken away, say): the newcomer gives up,
 * counts itself dropped and leaves its number in the slot's `skipped`, so that
 * no reader waits for it. A writer that comes so late that its slot holds a
 * newer event is dropped too; readers find it overwritten. So no two writers are
 * ever in one slot.
 *
 * A reader looks at the state, copies, and looks at the state again: if it is
 * the same, what was copied is whole.
 *
 * What orders it, by the kernel's memory model:
 *  A  The writer's cmpxchg is a full barrier: the bytes of the new event are
 *     stored after BUSY is.
 *  B  WHOLE is stored with release: after all bytes of the event.
 *  C  The reader's first look is an acquire: with B, whoever reads WHOLE(s)
 *     reads the bytes of s, or of a later event.
 *  D  The reader's copy comes before its second look (smp_rmb): with A, whoever
 *     copied a byte of a later event sees that one's BUSY, or what came after.
 *  E  The writer's cmpxchg comes after its increment of next_seq, too, and each
 *     look of the reader before its next one at that (acquire). So a reader that
 *     finds its slot overwritten sees a next_seq that says so: it cannot turn in
 *     a circle.
 *  F  The writer's smp_mb() in recorder_wake() and the barrier of a reader that
 *     goes to sleep: either the writer sees that one sleeps, or the reader, in
 *     its last look before, the event. Who drops an event wakes, too: a reader
 *     may wait for that one.
 *
 * tests/recorder has this file run under a stress test and a race detector, and
 * a model of it in which all interleavings are tried.
 */
#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include "recorder.h"

struct recorder recorder;

static atomic64_t dropped;

static LIST_HEAD(watches);
static struct irq_work wake_work;

/* Among readers only: what was overwritten before one of them saw it. */
static DEFINE_SPINLOCK(overwritten_lock);
static u64 overwritten;
static u64 overwritten_until;

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
	u64 seq;

	recorder.slots = vzalloc(array_size(records, sizeof(*recorder.slots)));
	if (!recorder.slots)
		return -ENOMEM;
	recorder.mask = records - 1;
	recorder.lap = RECORDER_BUSY(records) - RECORDER_WHOLE(0);
	/* As if the lap before had been written: WHOLE, and older than any. */
	for (seq = 1; seq <= records; seq++)
		atomic64_set(&recorder_slot(seq)->state,
			     RECORDER_WHOLE(seq - records));
	atomic64_set(&recorder.next_seq, 1);
	init_irq_work(&wake_work, wake_watches);
	return 0;
}

void recorder_stop(void)
{
	vfree(recorder.slots);
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

void recorder_wake(void)
{
	struct recorder_watch *watch;

	/* F: the records before, the look at who sleeps after. */
	smp_mb();
	list_for_each_entry_rcu(watch, &watches, node,
				rcu_read_lock_sched_held())
		if (watch->wants())
			irq_work_queue(&wake_work);
}

static void drop(struct recorder_slot *slot, u64 seq)
{
	s64 skipped = atomic64_read(&slot->skipped);

	/* Ends: each failed exchange means that another, newer one was noted. */
	while (skipped < seq &&
	       !atomic64_try_cmpxchg(&slot->skipped, &skipped, seq))
		;
	atomic64_inc(&dropped);
	/* One may wait for this very event, with later ones behind it. */
	recorder_wake();
}

bool recorder_claim(struct recorder_slot *slot, u64 seq)
{
	s64 state = atomic64_read(&slot->state);

	/* WHOLE is even, BUSY odd. */
	if (!(state & 1) && state < RECORDER_BUSY(seq) &&
	    atomic64_try_cmpxchg(&slot->state, &state, RECORDER_BUSY(seq)))
		return true;
	drop(slot, seq);
	return false;
}

u64 recorder_next_seq(void)
{
	return atomic64_read(&recorder.next_seq);
}

static u64 oldest_before(u64 next)
{
	u64 records = recorder.mask + 1;

	return next > records ? next - records : 1;
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
		struct recorder_slot *slot = recorder_slot(seq);
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
		if (state == RECORDER_WHOLE(seq)) {
			/* Races, and the second look tells. */
			data_race(*event = slot->event);
			/* D: the copy before, the second look after. */
			smp_rmb();
			if (atomic64_read_acquire(&slot->state) == state) {
				*cursor = seq + 1;
				return RECORDER_EVENT;
			}
		} else if (state <= RECORDER_BUSY(seq)) {
			/* Being written, unless its writer gave up. */
			if (state == RECORDER_BUSY(seq) ||
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

	counters->records = recorder.mask + 1;
	counters->bytes = counters->records * sizeof(*recorder.slots);
	counters->oldest_seq = oldest_before(next);
	counters->next_seq = next;
	counters->dropped = atomic64_read(&dropped);
	spin_lock(&overwritten_lock);
	counters->overwritten = overwritten;
	spin_unlock(&overwritten_lock);
}
