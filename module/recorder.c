// SPDX-License-Identifier: GPL-2.0
/*
 * The flight recorder: the last N lifecycle events, which are all events but
 * signals, and the last N signals, each in a ring of its own.
 *
 * Guarantees:
 *  - A writer waits for nothing: it takes no lock, and no other writer can
 *    prolong its loops. It may run in any context, also inside another writer.
 *  - Every event gets a sequence number, from 1 on and without gaps over both
 *    rings.
 *  - Signals, however many, never overwrite a lifecycle event, and lifecycle
 *    events never overwrite a signal.
 *  - A reader gets whole events, each once and in order, or is told which ones
 *    it lost. It takes no lock that a writer takes.
 *  - The memory of the recorder is the rings: N slots each, allocated once.
 *
 * A writer draws a ticket with one fetch_add: the sequence number of its event,
 * together with the number of lifecycle events drawn before. The difference of
 * the two is the number of signals drawn before, so the ticket gives the slot
 * index in either ring; the slot is that index modulo N. In each ring sequence
 * numbers go up with the slot index, and all events below a sequence number
 * have slot indexes below those that were drawn with that number.
 *
 * The state of a slot is the ticket of the event in it, with BUSY while the
 * writer of that event fills the slot. No ticket is drawn twice.
 *
 * The writer claims its slot with a cmpxchg, from an older ticket without BUSY
 * to its own ticket with BUSY. If the slot is still BUSY, the writer in it is N
 * events late (its virtual CPU was preempted, say): the newcomer gives up,
 * counts its event as dropped and leaves its ticket in `skipped` of the slot,
 * so that no reader waits for the event. A writer that is so late that its slot
 * holds a newer event drops its event as well; readers find it overwritten. So
 * there are never two writers in one slot.
 *
 * A reader merges the rings. In each it looks at the first slot index that may
 * hold an event from its cursor on. The newer one of `state` and `skipped`
 * tells whether the event of that index is in the slot, was dropped, has a
 * writer that has not claimed the slot yet, or was overwritten by an event
 * drawn after the reader had read `next`. If one of the two slots has the
 * sequence number that the reader wants, the reader copies the event and reads
 * the state again: if the state is the same, the copy is whole. If neither has
 * it, and no writer is on its way to either slot, all events up to the first of
 * the two are lost.
 *
 * Slot indexes wrap at NSO_RECORDER_INDEXES. A reader that was away for so long
 * that it cannot tell how often they wrapped begins with the oldest event. A
 * ticket from before a wrap is not mistaken for the one with the same index
 * after it: for that, all writers that came to the slot since, at least three,
 * would still have to be on their way.
 *
 * Memory ordering, by the kernel's memory model:
 *  A  The writer's cmpxchg is a full barrier: the bytes of the new event are
 *     stored after BUSY.
 *  B  The state without BUSY is stored with release: after all bytes of the
 *     event.
 *  C  The reader reads the state with acquire the first time. With B, a reader
 *     that sees the state of an event without BUSY copies the bytes of that
 *     event, or of a later one.
 *  D  The reader copies before it reads the state again (smp_rmb()). With A, a
 *     reader that copied a byte of a later event sees the state of that event,
 *     or a later one.
 *  E  The writer's cmpxchg, of `state` or of `skipped`, comes after its
 *     fetch_add, and the reader reads both before it reads `next` again
 *     (acquire). So a reader that finds its slot overwritten sees a `next` that
 *     accounts for it, and cannot loop without progress.
 *  F  The smp_mb() of the writer in nso_recorder_wake() and
 *     nso_recorder_wake_soon(), that of the kernel before it calls
 *     wake_watches(), and the barrier of a reader that goes to sleep: either
 *     the waker sees that the reader sleeps, or the reader sees the event when
 *     it looks for the last time before it sleeps. A writer that drops its
 *     event wakes readers, too, as one of them may wait for that event.
 *  G  The reader reads `next` (acquire) before it reads a slot, so it does not
 *     wait for an event that was there when the reader was called. Everything
 *     else would hold without G: reading a slot too early is as if its writer
 *     had not come yet, and that writer wakes the reader (F).
 *
 * tests/recorder runs this file under a stress test and a race detector, and a
 * model of it through all interleavings.
 */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include "recorder-wake.h"
#include "recorder-writer.h"
#include "recorder.h"

/* Ticket of the first event. */
#define FIRST_TICKET	NSO_RECORDER_TICKET(0, 1)

/*
 * A reader that was away for so many events may have missed a wrap of the slot
 * indexes, as it may have been a ring behind when it looked last.
 */
#define MAX_AWAY	(NSO_RECORDER_INDEXES - NSO_RECORDER_MAX_RECORDS)

/*
 * Number of events that some reader lost because they were overwritten, and the
 * sequence number up to which they are counted.
 */
static DEFINE_SPINLOCK(overwritten_lock);
static u64 overwritten;
static u64 overwritten_until;

/*
 * Allocates a ring, in the state that it would have after a round of events
 * with sequence number 0.
 */
static int start_ring(enum nso_event_kind kind, u32 records)
{
	struct nso_recorder_ring *ring = &nso_recorder.rings[kind];
	u32 end = nso_recorder_index(kind, FIRST_TICKET), index;

	ring->slots = vzalloc(array_size(records, sizeof(*ring->slots)));
	if (!ring->slots)
		return -ENOMEM;
	ring->mask = records - 1;
	for (index = end - records; index != end; index++) {
		struct nso_recorder_slot *slot = nso_recorder_slot(kind, index);
		u32 lifecycle = kind == NSO_EVENT_LIFECYCLE ? index : -index;

		atomic64_set(&slot->state, NSO_RECORDER_TICKET(lifecycle, 0));
	}
	return 0;
}

int nso_recorder_init(u32 records)
{
	int err;

	err = start_ring(NSO_EVENT_LIFECYCLE, records);
	if (err)
		return err;
	err = start_ring(NSO_EVENT_SIGNALS, records);
	if (err) {
		vfree(nso_recorder.rings[NSO_EVENT_LIFECYCLE].slots);
		return err;
	}
	atomic64_set(&nso_recorder.next, FIRST_TICKET);
	nso_recorder_wake_init();
	return 0;
}

void nso_recorder_exit(void)
{
	nso_recorder_wake_exit();
	vfree(nso_recorder.rings[NSO_EVENT_LIFECYCLE].slots);
	vfree(nso_recorder.rings[NSO_EVENT_SIGNALS].slots);
}

/* Counts events as overwritten, once however many readers lost them. */
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

/**
 * enum nso_head_kind - what a reader finds at its slot index in one ring
 * @HEAD_NONE: no event from the cursor on was drawn
 * @HEAD_AWAITED: the event was drawn, but its writer has not claimed the slot
 * @HEAD_HELD: the event is in the slot, or is being written to it
 * @HEAD_DROPPED: the event was dropped
 * @HEAD_OVERWRITTEN: an event drawn after the reader had read `next` is there
 */
enum nso_head_kind {
	HEAD_NONE,
	HEAD_AWAITED,
	HEAD_HELD,
	HEAD_DROPPED,
	HEAD_OVERWRITTEN,
};

/**
 * struct nso_head - what a reader finds at its slot index in one ring
 * @kind: what it is
 * @seq: sequence number of the event that is held, dropped or overwrote another
 * @state: the state of the slot
 * @slot: the slot
 */
struct nso_head {
	enum nso_head_kind kind;
	u64 seq;
	s64 state;
	struct nso_recorder_slot *slot;
};

/* Finds out what became of the event at a slot index, drawn before `next`. */
static void look_at_slot(enum nso_event_kind kind, u32 index, u64 next,
			 struct nso_head *head)
{
	s64 ticket, skipped;

	head->slot = nso_recorder_slot(kind, index);
	head->state = atomic64_read_acquire(&head->slot->state);
	skipped = atomic64_read_acquire(&head->slot->skipped);
	/*
	 * The newer one tells: the index of the other may have wrapped since.
	 */
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

/* Moves the cursor to the first slot index in one ring that it cannot skip. */
static void find_head(enum nso_event_kind kind,
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

/* Sets the slot indexes of the cursor to the oldest ones in the rings. */
static void begin_with_oldest(struct nso_recorder_cursor *cursor, u64 ticket)
{
	enum nso_event_kind kind;

	for (kind = 0; kind < NSO_EVENT_KINDS; kind++)
		cursor->index[kind] = nso_recorder_index(kind, ticket) -
				      (u32)(nso_recorder.rings[kind].mask + 1);
}

/* Finds the head of each ring, and the `next` that they are true of. */
static void find_heads(struct nso_recorder_cursor *cursor, u64 *next,
		       struct nso_head heads[NSO_EVENT_KINDS])
{
	enum nso_event_kind kind;
	u64 ticket;

again:
	/* G: `next` before the slots. */
	ticket = atomic64_read_acquire(&nso_recorder.next);
	*next = nso_recorder_seq(ticket);
	if (*next - cursor->looked >= MAX_AWAY)
		begin_with_oldest(cursor, ticket);
	for (kind = 0; kind < NSO_EVENT_KINDS; kind++) {
		find_head(kind, cursor, ticket, &heads[kind]);
		/* E: the next read of `next` accounts for the overwriter. */
		if (heads[kind].kind == HEAD_OVERWRITTEN)
			goto again;
	}
	/* Only now that both rings were looked at. */
	cursor->looked = *next;
}

static bool has_event(const struct nso_head *head)
{
	return head->kind == HEAD_HELD || head->kind == HEAD_DROPPED;
}

/* Returns the lowest sequence number of the heads, or next without any. */
static u64 first_of(const struct nso_head heads[NSO_EVENT_KINDS], u64 next)
{
	enum nso_event_kind kind;
	u64 first = next;

	for (kind = 0; kind < NSO_EVENT_KINDS; kind++)
		if (has_event(&heads[kind]))
			first = min(first, heads[kind].seq);
	return first;
}

void nso_recorder_at_next(struct nso_recorder_cursor *cursor)
{
	u64 ticket = atomic64_read_acquire(&nso_recorder.next);
	enum nso_event_kind kind;

	cursor->seq = nso_recorder_seq(ticket);
	cursor->opened = cursor->seq;
	cursor->looked = cursor->seq;
	for (kind = 0; kind < NSO_EVENT_KINDS; kind++)
		cursor->index[kind] = nso_recorder_index(kind, ticket);
}

void nso_recorder_at_oldest(struct nso_recorder_cursor *cursor)
{
	struct nso_head heads[NSO_EVENT_KINDS];
	enum nso_event_kind kind;
	u64 next;

	nso_recorder_at_next(cursor);
	begin_with_oldest(cursor, atomic64_read(&nso_recorder.next));
	cursor->seq = 1;
	find_heads(cursor, &next, heads);
	cursor->opened = next;
	for (kind = 0; kind < NSO_EVENT_KINDS; kind++)
		/*
		 * The awaited event may be the oldest: report some events too
		 * many as lost rather than skip that one.
		 */
		if (heads[kind].kind == HEAD_AWAITED)
			return;
	cursor->seq = first_of(heads, next);
	/* The first sequence number from which on both rings hold all. */
	cursor->opened = cursor->seq;
	for (kind = 0; kind < NSO_EVENT_KINDS; kind++)
		if (has_event(&heads[kind]))
			cursor->opened = max(cursor->opened, heads[kind].seq);
}

/* Moves the cursor to until: the events before are lost to the reader. */
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
	struct nso_head heads[NSO_EVENT_KINDS];
	enum nso_event_kind kind;
	bool awaited;
	u64 next;

again:
	find_heads(cursor, &next, heads);
	if (cursor->seq >= next)
		return NSO_RECORDER_NONE;
	awaited = false;
	for (kind = 0; kind < NSO_EVENT_KINDS; kind++) {
		const struct nso_head *head = &heads[kind];

		if (head->kind == HEAD_AWAITED)
			awaited = true;
		if (!has_event(head) || head->seq != cursor->seq)
			continue;
		if (head->kind == HEAD_DROPPED)
			return lose(cursor, cursor->seq + 1, first);
		if (head->state & NSO_RECORDER_BUSY)
			return NSO_RECORDER_NONE;
		/* May race with a writer; then the state has changed below. */
		data_race(*event = head->slot->event);
		/* D: copy before the state is read again. */
		smp_rmb();
		if (atomic64_read_acquire(&head->slot->state) != head->state)
			goto again;
		cursor->seq++;
		return NSO_RECORDER_EVENT;
	}
	/* The awaited event may be the one that the reader wants. */
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
	counters->records = nso_recorder.rings[NSO_EVENT_LIFECYCLE].mask + 1;
	counters->bytes = (u64)counters->records * NSO_EVENT_KINDS *
			  sizeof(struct nso_recorder_slot);
	counters->oldest_seq = oldest.seq;
	counters->next_seq = oldest.looked;
	counters->dropped = atomic64_read(&nso_recorder.dropped);
	spin_lock(&overwritten_lock);
	counters->overwritten = overwritten;
	spin_unlock(&overwritten_lock);
}
