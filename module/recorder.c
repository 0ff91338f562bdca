// SPDX-License-Identifier: GPL-2.0
/*
 * The flight recorder: the last N deaths, which are all events but signals, and
 * the last N signals, in a ring of their own each.
 *
 * What it guarantees:
 *  - A writer waits for nobody: no lock, no loop that another can prolong. It
 *    may run in any context, inside another writer too.
 *  - Every event gets a sequence number, from 1 and without gaps over both rings.
 *  - However many signals there are, they push no death out, nor do deaths push
 *    out signals.
 *  - A reader gets whole events, each once and in order, or is told which
 *    ones it missed. It takes no lock that a writer takes.
 *  - Its memory is the rings: N slots each, allocated once.
 *
 * A writer draws a ticket by one fetch_add: its sequence number, together with
 * how many deaths were drawn before. That says how many signals were, too, and
 * so its place, in either ring; its slot is that place modulo N. So in each ring
 * sequence numbers go up from place to place, and all events below a sequence
 * number that was drawn have places below those that were drawn with it.
 *
 * The state of a slot says what it holds: the ticket of the event, with BUSY
 * while its writer fills it. No ticket is drawn twice.
 *
 * The writer claims its slot by cmpxchg, from an older ticket without BUSY to its
 * own with it. Should the slot still be BUSY, its writer is N events late (its
 * virtual CPU was taken away, say): the newcomer gives up, counts itself dropped
 * and leaves its ticket in the slot's `skipped`, so that no reader waits for it.
 * A writer that comes so late that its slot holds a newer event is dropped too;
 * readers find it overwritten. So no two writers are ever in one slot.
 *
 * A reader merges the rings: of each it looks at the first place that may hold
 * an event from its cursor on. The newer one of the slot's state and `skipped`
 * tells whether that event is there, was dropped, or has a writer that is still
 * on its way; or was drawn later than `next` said, and has overwritten it. If one
 * of the two places has the number that the reader wants it takes it: it copies,
 * and looks at the state again; if it is the same, what was copied is whole. If
 * neither has, and no writer is still on its way to one of the two places, then
 * what is missing up to the first of them is lost.
 *
 * Places are counted modulo NSO_RECORDER_INDEXES. A reader that was away for so long
 * that it cannot know how often its place came round begins with the oldest. And
 * what had its place before is not taken for what has it now: for that, all who
 * came to the slot since, three at the least, would still have to be on their
 * way.
 *
 * What orders it, by the kernel's memory model:
 *  A  The writer's cmpxchg is a full barrier: the bytes of the new event are
 *     stored after BUSY is.
 *  B  The state without BUSY is stored with release: after all bytes of the
 *     event.
 *  C  The reader's first look is an acquire: with B, whoever reads the state of
 *     an event without BUSY reads its bytes, or those of a later one.
 *  D  The reader's copy comes before its second look (smp_rmb): with A, whoever
 *     copied a byte of a later event sees that one's state, or a later one.
 *  E  The writer's cmpxchg, at the slot's state or at `skipped`, comes after its
 *     fetch_add, too, and each look of the reader before its next one at `next`
 *     (acquire). So a reader that finds its slot overwritten sees a `next` that
 *     says so: it cannot turn in a circle.
 *  F  The writer's smp_mb() in nso_recorder_wake() and nso_recorder_wake_soon(), with
 *     that of the kernel before it calls wake_watches(), and the barrier of a
 *     reader that goes to sleep: either who wakes sees that one sleeps, or the
 *     reader, in its last look before, the event. Who drops an event wakes, too:
 *     a reader may wait for that one.
 *  G  The reader looks at `next` (acquire) before it looks at a slot: so it does
 *     not wait for an event that was there when it asked. All the rest would
 *     hold without: a slot that was looked at too early is as if its writer had
 *     not come yet, and that one wakes (F).
 *
 * tests/recorder has this file run under a stress test and a race detector, and
 * a model of it in which all interleavings are tried.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/irq_work.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "recorder-writer.h"

struct nso_recorder nso_recorder;

/* Of the first event. */
#define FIRST_TICKET	NSO_RECORDER_TICKET(0, 1)

/*
 * A reader that was away for so many events may have missed a wrap of the slot
 * indexes: it was a ring behind already when it looked last.
 */
#define MAX_AWAY	(NSO_RECORDER_INDEXES - NSO_RECORDER_MAX_RECORDS)

static atomic64_t dropped;

static LIST_HEAD(watches);
static struct irq_work wake_work;
struct irq_work nso_recorder_lazy_work;

/* Among readers only: what was overwritten before one of them saw it. */
static DEFINE_SPINLOCK(overwritten_lock);
static u64 overwritten;
static u64 overwritten_until;

static void wake_watches(struct irq_work *work)
{
	struct nso_recorder_watch *watch;

	rcu_read_lock();
	list_for_each_entry_rcu(watch, &watches, node)
		if (watch->wants())
			watch->wake();
	rcu_read_unlock();
}

/* As if the lap before had been written, by events of number 0. */
static int start_ring(enum nso_recorder_kind kind, u32 records)
{
	struct nso_recorder_ring *ring = &nso_recorder.rings[kind];
	u32 end = nso_recorder_index(kind, FIRST_TICKET), index;

	ring->slots = vzalloc(array_size(records, sizeof(*ring->slots)));
	if (!ring->slots)
		return -ENOMEM;
	ring->mask = records - 1;
	for (index = end - records; index != end; index++) {
		struct nso_recorder_slot *slot = nso_recorder_slot(kind, index);
		u32 lifecycle = kind == NSO_RECORDER_LIFECYCLE ? index : -index;

		atomic64_set(&slot->state, NSO_RECORDER_TICKET(lifecycle, 0));
	}
	return 0;
}

int nso_recorder_init(u32 records)
{
	int err;

	err = start_ring(NSO_RECORDER_LIFECYCLE, records);
	if (err)
		return err;
	err = start_ring(NSO_RECORDER_SIGNALS, records);
	if (err) {
		vfree(nso_recorder.rings[NSO_RECORDER_LIFECYCLE].slots);
		return err;
	}
	atomic64_set(&nso_recorder.next, FIRST_TICKET);
	init_irq_work(&wake_work, wake_watches);
	nso_compat_init_lazy_irq_work(&nso_recorder_lazy_work, wake_watches);
	return 0;
}

void nso_recorder_exit(void)
{
	/* Signals are recorded before there is any watch. */
	irq_work_sync(&nso_recorder_lazy_work);
	vfree(nso_recorder.rings[NSO_RECORDER_LIFECYCLE].slots);
	vfree(nso_recorder.rings[NSO_RECORDER_SIGNALS].slots);
}

void nso_recorder_add_watch(struct nso_recorder_watch *watch)
{
	list_add_tail_rcu(&watch->node, &watches);
}

void nso_recorder_del_watch(struct nso_recorder_watch *watch)
{
	list_del_rcu(&watch->node);
	synchronize_rcu();
	irq_work_sync(&wake_work);
	irq_work_sync(&nso_recorder_lazy_work);
}

u32 nso_recorder_readers(void)
{
	struct nso_recorder_watch *watch;
	u32 readers = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(watch, &watches, node)
		readers += watch->readers();
	rcu_read_unlock();
	return readers;
}

void nso_recorder_wake(void)
{
	struct nso_recorder_watch *watch;

	/* F: the records before, the look at who sleeps after. */
	smp_mb();
	list_for_each_entry_rcu(watch, &watches, node,
				rcu_read_lock_sched_held())
		if (watch->wants())
			irq_work_queue(&wake_work);
}

void nso_recorder_drop(struct nso_recorder_slot *slot, u64 ticket)
{
	s64 skipped = atomic64_read(&slot->skipped);

	/* Ends: each failed exchange means that another, newer one was noted. */
	while (nso_recorder_seq(skipped) < nso_recorder_seq(ticket) &&
	       !atomic64_try_cmpxchg(&slot->skipped, &skipped, ticket))
		;
	atomic64_inc(&dropped);
	/* One may wait for this very event, with later ones behind it. */
	nso_recorder_wake();
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

/* What a reader finds at its index in one ring. */
enum head_kind {
	HEAD_NONE, /* no event from the cursor on was drawn */
	HEAD_AWAITED, /* one was, and its writer has not come to the slot yet */
	HEAD_HELD, /* `seq` is in its slot, or on its way into it */
	HEAD_DROPPED, /* `seq` was */
	HEAD_OVERWRITTEN, /* overwritten, just now */
};

struct nso_head {
	enum head_kind kind;
	u64 seq;
	s64 state;
	struct nso_recorder_slot *slot;
};

/* Whose the index is, of those drawn before `next`. */
static void look_at_slot(enum nso_recorder_kind kind, u32 index, u64 next,
			 struct nso_head *head)
{
	s64 ticket, skipped;

	head->slot = nso_recorder_slot(kind, index);
	head->state = atomic64_read_acquire(&head->slot->state);
	skipped = atomic64_read_acquire(&head->slot->skipped);
	/* The newer one tells: the other's index may have come round since. */
	head->kind = HEAD_HELD;
	ticket = head->state;
	if (nso_recorder_seq(skipped) > nso_recorder_seq(ticket)) {
		head->kind = HEAD_DROPPED;
		ticket = skipped;
	}
	head->seq = nso_recorder_seq(ticket);
	if (head->seq >= next)
		head->kind = HEAD_OVERWRITTEN;
	else if (nso_recorder_index(kind, ticket) != index)
		head->kind = HEAD_AWAITED;
}

static void find_head(enum nso_recorder_kind kind,
		      struct nso_recorder_cursor *cursor, u64 ticket,
		      struct nso_head *head)
{
	u32 size = nso_recorder.rings[kind].mask + 1;
	u32 end = nso_recorder_index(kind, ticket);
	u32 *index = &cursor->index[kind];

	if ((end - *index) % NSO_RECORDER_INDEXES > size)
		*index = end - size;
	for (; (end - *index) % NSO_RECORDER_INDEXES; ++*index) {
		look_at_slot(kind, *index % NSO_RECORDER_INDEXES,
			     nso_recorder_seq(ticket), head);
		if (head->kind == HEAD_AWAITED ||
		    head->kind == HEAD_OVERWRITTEN || head->seq >= cursor->seq)
			return;
	}
	head->kind = HEAD_NONE;
}

/* Where in the rings the oldest events are, whatever cursor->seq is. */
static void begin_with_oldest(struct nso_recorder_cursor *cursor, u64 ticket)
{
	enum nso_recorder_kind kind;

	for (kind = 0; kind < NSO_RECORDER_KINDS; kind++)
		cursor->index[kind] = nso_recorder_index(kind, ticket) -
				      (u32)(nso_recorder.rings[kind].mask + 1);
}

/* Sets the head of each ring, and *next. */
static void find_heads(struct nso_recorder_cursor *cursor, u64 *next,
		       struct nso_head heads[NSO_RECORDER_KINDS])
{
	enum nso_recorder_kind kind;
	u64 ticket;

again:
	/* G: before the slots. */
	ticket = atomic64_read_acquire(&nso_recorder.next);
	*next = nso_recorder_seq(ticket);
	if (*next - cursor->looked >= MAX_AWAY)
		begin_with_oldest(cursor, ticket);
	for (kind = 0; kind < NSO_RECORDER_KINDS; kind++) {
		find_head(kind, cursor, ticket, &heads[kind]);
		/* E: `next` has moved on, and tells so. */
		if (heads[kind].kind == HEAD_OVERWRITTEN)
			goto again;
	}
	/* In both. */
	cursor->looked = *next;
}

static bool has_event(const struct nso_head *head)
{
	return head->kind == HEAD_HELD || head->kind == HEAD_DROPPED;
}

/* The number of the first event; next if there is none. */
static u64 first_of(const struct nso_head heads[NSO_RECORDER_KINDS], u64 next)
{
	enum nso_recorder_kind kind;
	u64 first = next;

	for (kind = 0; kind < NSO_RECORDER_KINDS; kind++)
		if (has_event(&heads[kind]))
			first = min(first, heads[kind].seq);
	return first;
}

void nso_recorder_at_next(struct nso_recorder_cursor *cursor)
{
	u64 ticket = atomic64_read_acquire(&nso_recorder.next);
	enum nso_recorder_kind kind;

	cursor->seq = nso_recorder_seq(ticket);
	cursor->opened = cursor->seq;
	cursor->looked = cursor->seq;
	for (kind = 0; kind < NSO_RECORDER_KINDS; kind++)
		cursor->index[kind] = nso_recorder_index(kind, ticket);
}

void nso_recorder_at_oldest(struct nso_recorder_cursor *cursor)
{
	struct nso_head heads[NSO_RECORDER_KINDS];
	enum nso_recorder_kind kind;
	u64 next;

	nso_recorder_at_next(cursor);
	begin_with_oldest(cursor, atomic64_read(&nso_recorder.next));
	cursor->seq = 1;
	find_heads(cursor, &next, heads);
	cursor->opened = next;
	for (kind = 0; kind < NSO_RECORDER_KINDS; kind++)
		/* It may be any: rather too many lost than one passed over. */
		if (heads[kind].kind == HEAD_AWAITED)
			return;
	cursor->seq = first_of(heads, next);
	/* From where on both rings have all. */
	cursor->opened = cursor->seq;
	for (kind = 0; kind < NSO_RECORDER_KINDS; kind++)
		if (has_event(&heads[kind]))
			cursor->opened = max(cursor->opened, heads[kind].seq);
}

static enum nso_recorder_result lose(struct nso_recorder_cursor *cursor,
				     u64 until, u64 *first)
{
	*first = cursor->seq;
	cursor->seq = until;
	return NSO_RECORDER_LOST;
}

enum nso_recorder_result nso_recorder_read(struct nso_recorder_cursor *cursor,
					   struct nso_event *event, u64 *first)
{
	struct nso_head heads[NSO_RECORDER_KINDS];
	enum nso_recorder_kind kind;
	bool awaited;
	u64 next;

again:
	find_heads(cursor, &next, heads);
	if (cursor->seq >= next)
		return NSO_RECORDER_NONE;
	awaited = false;
	for (kind = 0; kind < NSO_RECORDER_KINDS; kind++) {
		const struct nso_head *head = &heads[kind];

		if (head->kind == HEAD_AWAITED)
			awaited = true;
		if (!has_event(head) || head->seq != cursor->seq)
			continue;
		if (head->kind == HEAD_DROPPED)
			return lose(cursor, cursor->seq + 1, first);
		if (head->state & NSO_RECORDER_BUSY)
			return NSO_RECORDER_NONE;
		/* Races, and the second look tells. */
		data_race(*event = head->slot->event);
		/* D: the copy before, the second look after. */
		smp_rmb();
		if (atomic64_read_acquire(&head->slot->state) != head->state)
			goto again;
		cursor->seq++;
		return NSO_RECORDER_EVENT;
	}
	/* It may be the one that is wanted. */
	if (awaited)
		return NSO_RECORDER_NONE;
	next = first_of(heads, next);
	count_overwritten(max(cursor->seq, cursor->opened), next);
	return lose(cursor, next, first);
}

enum nso_recorder_result
nso_recorder_read_wait(struct nso_recorder_cursor *cursor, u64 until,
		       struct nso_event *event, u64 *first)
{
	enum nso_recorder_result result;
	u64 now, deadline = 0;

	while (cursor->seq < until) {
		result = nso_recorder_read(cursor, event, first);
		if (result != NSO_RECORDER_NONE)
			return result;
		now = ktime_get_ns();
		if (!deadline)
			deadline = now + NSO_RECORDER_WAIT_MS * NSEC_PER_MSEC;
		else if (now > deadline)
			break;
		usleep_range(20, 100);
	}
	return NSO_RECORDER_NONE;
}

u64 nso_recorder_next_seq(void)
{
	return nso_recorder_seq(atomic64_read(&nso_recorder.next));
}

void nso_recorder_counters(struct nso_recorder_counters *counters)
{
	struct nso_recorder_cursor oldest;

	nso_recorder_at_oldest(&oldest);
	counters->records = nso_recorder.rings[NSO_RECORDER_LIFECYCLE].mask + 1;
	counters->bytes = (u64)counters->records * NSO_RECORDER_KINDS *
			  sizeof(struct nso_recorder_slot);
	counters->oldest_seq = oldest.seq;
	counters->next_seq = oldest.looked;
	counters->dropped = atomic64_read(&dropped);
	spin_lock(&overwritten_lock);
	counters->overwritten = overwritten;
	spin_unlock(&overwritten_lock);
}
