// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/atomic.h>
#include <linux/rculist.h>

#include "actors.h"

enum {
	DRAWN = 1,
	SIGNAL = 2,	/* its kind; otherwise a lifecycle event */
	COMMITTED = 4,
};

/*
 * The ledger, indexed by sequence number: what happened to the event; the
 * lowest `next` at which a reader had lost it; the lowest `next` at which a
 * reader found it the oldest; and the number of lifecycle events before it,
 * which ledger_check() fills in. 0 means that it did not happen.
 */
static u8 *ledger;
static u32 *lost_before;
static u32 *oldest_before;
static u32 *lifecycle_before;
static u64 ledger_limit;
static u64 committed;

/* Kind that this thread is about to draw; an interrupt restores it. */
static __thread enum nso_event_kind drawing;

static int tests;
static int failed;

static u8 note(u64 seq, u8 what)
{
	check(seq < ledger_limit);
	return __atomic_fetch_or(&ledger[seq], what, __ATOMIC_RELAXED);
}

/* Keeps the lowest value, which is the strictest. */
static void note_lowest(u32 *at, u32 next)
{
	u32 old = __atomic_load_n(at, __ATOMIC_RELAXED);

	while ((!old || old > next) &&
	       !__atomic_compare_exchange_n(at, &old, next, false,
					    __ATOMIC_RELAXED,
					    __ATOMIC_RELAXED))
		;
}

static void *array(u64 size)
{
	void *array = calloc(ledger_limit + 1, size);

	if (array)
		return array;
	puts("Bail out! no memory");
	exit(1);
}

void ledger_start(u64 limit)
{
	ledger_limit = limit;
	ledger = array(sizeof(*ledger));
	lost_before = array(sizeof(*lost_before));
	oldest_before = array(sizeof(*oldest_before));
	lifecycle_before = array(sizeof(*lifecycle_before));
}

u64 ledger_committed(void)
{
	return __atomic_load_n(&committed, __ATOMIC_RELAXED);
}

void sim_drawn(u64 ticket)
{
	check(!note(nso_recorder_seq(ticket),
		    drawing == NSO_EVENT_SIGNALS ? DRAWN | SIGNAL : DRAWN));
}

static enum nso_event_kind kind_of(u64 seq)
{
	return __atomic_load_n(&ledger[seq], __ATOMIC_RELAXED) & SIGNAL ?
		NSO_EVENT_SIGNALS : NSO_EVENT_LIFECYCLE;
}

/* Returns how many events of its kind were drawn after seq and before next. */
static u32 later(u64 seq, u64 next)
{
	u32 lifecycle = lifecycle_before[next] - lifecycle_before[seq + 1];

	check(next > seq);
	return kind_of(seq) == NSO_EVENT_LIFECYCLE ?
		       lifecycle :
		       next - seq - 1 - lifecycle;
}

static void check_reported(u32 records, u64 end)
{
	u64 last[NSO_EVENT_KINDS] = {}, seq;
	int kind;

	for (seq = 1; seq <= end; seq++) {
		for (kind = 0; kind < NSO_EVENT_KINDS; kind++)
			check(!oldest_before[seq] || !last[kind] ||
			      later(last[kind], oldest_before[seq]) >= records);
		if (!(ledger[seq] & COMMITTED))
			continue;
		last[kind_of(seq)] = seq;
		check(!lost_before[seq] ||
		      later(seq, lost_before[seq]) >= records);
	}
}

static void check_held(const struct nso_recorder_counters *counters)
{
	u64 held[NSO_EVENT_KINDS] = {}, next = counters->next_seq, seq;
	u64 oldest = next;
	struct reader reader;
	int kind;

	for (seq = next - 1; seq; seq--) {
		if (later(seq, next) >= counters->records)
			continue;
		oldest = seq;
		if (ledger[seq] & COMMITTED)
			held[kind_of(seq)]++;
	}
	check(counters->oldest_seq == oldest);
	reader_at_oldest(&reader);
	check(reader.cursor.seq == oldest);
	while (reader_step(&reader) != NSO_RECORDER_NONE)
		;
	check(reader.cursor.seq == next);
	for (kind = 0; kind < NSO_EVENT_KINDS; kind++)
		check(reader.events[kind] == held[kind]);
}

void ledger_check(void)
{
	struct nso_recorder_counters counters;
	u64 next, seq, found = 0;

	nso_recorder_counters(&counters);
	next = counters.next_seq;
	check(next == nso_recorder_next_seq());
	for (seq = 1; seq < next; seq++) {
		check(ledger[seq] & DRAWN);
		if (ledger[seq] & COMMITTED)
			found++;
		lifecycle_before[seq + 1] = lifecycle_before[seq] +
			(kind_of(seq) == NSO_EVENT_LIFECYCLE);
	}
	check(!ledger[next]);
	check(found == ledger_committed());
	check(found + counters.dropped == next - 1);
	check_reported(counters.records, next);
	check_held(&counters);
}

/* Returns the ith word of an event, by splitmix64: all words differ. */
static u64 pattern(u64 seq, u64 boot_ns, u32 i)
{
	u64 x = seq * 0x9e3779b97f4a7c15 + boot_ns + i * 0xd1342543de82ef95;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static enum nsorphan_event_type type_of(enum nso_event_kind kind,
					u64 boot_ns)
{
	if (kind == NSO_EVENT_SIGNALS)
		return NSORPHAN_EVENT_TYPE_SIGNAL;
	return NSORPHAN_EVENT_TYPE_REPARENT + boot_ns % 5;
}

struct nso_recorder_slot *write_begin(enum nso_event_kind kind)
{
	u64 boot_ns = sim_random(UINT32_MAX);
	enum nso_event_kind interrupted = drawing;
	struct nso_recorder_slot *slot;
	bool reserved;
	u32 i;

	drawing = kind;
	reserved = nso_recorder_reserve(&slot, type_of(kind, boot_ns), boot_ns);
	drawing = interrupted;
	if (!reserved)
		return NULL;
	slot->event.reserved = boot_ns;
	for (i = 0; i < EVENT_WORDS; i++) {
		if (i == EVENT_WORDS / 2)
			sim_point();
		slot->event.words[i] = pattern(slot->event.seq, boot_ns, i);
	}
	return slot;
}

void write_end(struct nso_recorder_slot *slot)
{
	check(!(note(slot->event.seq, COMMITTED) & COMMITTED));
	__atomic_fetch_add(&committed, 1, __ATOMIC_RELAXED);
	nso_recorder_commit(slot);
}

void write_events(u32 n, u32 kind)
{
	bool wake = false, lifecycle = false;

	sim_rcu_read_lock();
	while (n--) {
		u32 one = kind == MIXED ? sim_random(2) : kind;
		struct nso_recorder_slot *slot = write_begin(one);

		if (!slot)
			continue;
		write_end(slot);
		wake = true;
		lifecycle |= one == NSO_EVENT_LIFECYCLE;
	}
	/* As signal.c does for signals, and all others for lifecycle events. */
	if (lifecycle)
		nso_recorder_wake();
	else if (wake)
		nso_recorder_wake_soon();
	sim_rcu_read_unlock();
}

static enum nso_event_kind check_event(const struct nso_event *event,
				       u64 seq)
{
	enum nso_event_kind kind = kind_of(seq);
	u32 i;

	check(event->seq == seq);
	check(event->type == type_of(kind, event->boot_ns));
	check(event->reserved == (u32)event->boot_ns);
	for (i = 0; i < EVENT_WORDS; i++)
		check(event->words[i] == pattern(seq, event->boot_ns, i));
	check(__atomic_load_n(&ledger[seq], __ATOMIC_RELAXED) & COMMITTED);
	return kind;
}

void reader_at_next(struct reader *reader)
{
	u64 before = nso_recorder_next_seq();

	*reader = (struct reader){};
	nso_recorder_at_next(&reader->cursor);
	check(reader->cursor.seq >= before);
	check(reader->cursor.seq <= nso_recorder_next_seq());
	check(reader->cursor.opened == reader->cursor.seq);
}

void reader_at_oldest(struct reader *reader)
{
	const struct nso_recorder_cursor *cursor = &reader->cursor;
	u64 before = nso_recorder_next_seq();

	*reader = (struct reader){};
	nso_recorder_at_oldest(&reader->cursor);
	check(cursor->looked >= before);
	check(cursor->looked <= nso_recorder_next_seq());
	check(cursor->seq && cursor->seq <= cursor->opened);
	check(cursor->opened <= cursor->looked);
	note_lowest(&oldest_before[cursor->seq], cursor->looked);
}

enum nso_recorder_result reader_step(struct reader *reader)
{
	const struct nso_recorder_cursor *cursor = &reader->cursor;
	u64 before = cursor->seq, opened = cursor->opened, first = 0, seq;
	struct nso_event event;
	enum nso_recorder_result result;

	result = nso_recorder_read(&reader->cursor, &event, &first);
	check(cursor->looked <= nso_recorder_next_seq());
	check(cursor->opened == opened);
	switch (result) {
	case NSO_RECORDER_NONE:
		check(cursor->seq == before);
		break;
	case NSO_RECORDER_EVENT:
		check(cursor->seq == before + 1);
		reader->events[check_event(&event, before)]++;
		break;
	case NSO_RECORDER_LOST:
		check(first == before);
		check(cursor->seq > before);
		check(cursor->seq <= cursor->looked);
		for (seq = first; seq < cursor->seq; seq++)
			note_lowest(&lost_before[seq], cursor->looked);
		reader->lost += cursor->seq - first;
		break;
	}
	return result;
}

void ok(bool good, const char *name)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tests, name);
	fflush(stdout);
	if (!good)
		failed++;
}

void check_failed(const char *condition, const char *function, int line)
{
	printf("# %s() line %d: %s\n", function, line, condition);
	printf("not ok %d - %s\n", tests + 1, condition);
	fflush(stdout);
	_exit(1);
}

int finish(void)
{
	printf("1..%d\n", tests);
	return failed ? 1 : 0;
}
