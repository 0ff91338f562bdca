// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/atomic.h>
#include <linux/rculist.h>

#include "actors.h"

enum {
	COMMITTED = 1,
	DENIED = 2,	/* told as lost while it was not overwritten */
};

static u8 *ledger;
static u64 ledger_limit;
static u64 committed;

static int tests;
static int failed;

static void note(u64 seq, u8 what)
{
	check(seq < ledger_limit);
	__atomic_fetch_or(&ledger[seq], what, __ATOMIC_RELAXED);
}

void ledger_start(u64 limit)
{
	ledger = calloc(limit, 1);
	ledger_limit = limit;
	if (!ledger) {
		puts("Bail out! no memory");
		exit(1);
	}
}

u64 ledger_committed(void)
{
	return __atomic_load_n(&committed, __ATOMIC_RELAXED);
}

void ledger_check(void)
{
	struct recorder_counters counters;
	u64 next, seq, found = 0;

	recorder_counters(&counters);
	next = counters.next_seq;
	for (seq = 1; seq < next; seq++) {
		if (ledger[seq] & COMMITTED)
			found++;
		check(ledger[seq] != (COMMITTED | DENIED));
	}
	check(found == ledger_committed());
	check(found + counters.dropped == next - 1);
}

/* splitmix64: each word tells its event and its place. */
static u64 pattern(u64 seq, u64 boot_ns, u32 i)
{
	u64 x = seq * 0x9e3779b97f4a7c15 + boot_ns + i * 0xd1342543de82ef95;

	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
	return x ^ (x >> 31);
}

static enum nsorphan_event_type type_of(u64 boot_ns)
{
	return NSORPHAN_EVENT_TYPE_REPARENT + boot_ns % 4;
}

struct recorder_slot *write_begin(void)
{
	u64 boot_ns = sim_random(UINT32_MAX);
	struct recorder_slot *slot;
	u32 i;

	if (!recorder_reserve(&slot, type_of(boot_ns), boot_ns))
		return NULL;
	slot->event.reserved = boot_ns;
	for (i = 0; i < EVENT_WORDS; i++) {
		if (i == EVENT_WORDS / 2)
			sim_point();
		slot->event.words[i] = pattern(slot->event.seq, boot_ns, i);
	}
	return slot;
}

void write_end(struct recorder_slot *slot)
{
	note(slot->event.seq, COMMITTED);
	__atomic_fetch_add(&committed, 1, __ATOMIC_RELAXED);
	recorder_commit(slot);
}

void write_events(u32 n)
{
	bool wake = false;

	sim_rcu_read_lock();
	while (n--) {
		struct recorder_slot *slot = write_begin();

		if (!slot)
			continue;
		write_end(slot);
		wake = true;
	}
	if (wake)
		recorder_wake();
	sim_rcu_read_unlock();
}

static void check_event(const struct event *event, u64 seq)
{
	u32 i;

	check(event->seq == seq);
	check(event->type == type_of(event->boot_ns));
	check(event->reserved == (u32)event->boot_ns);
	for (i = 0; i < EVENT_WORDS; i++)
		check(event->words[i] == pattern(seq, event->boot_ns, i));
	check(__atomic_load_n(&ledger[seq], __ATOMIC_RELAXED) & COMMITTED);
}

static void check_lost(u64 first, u64 cursor)
{
	u64 seq = recorder_oldest_seq();

	/* The others are overwritten: nothing to say of them. */
	for (seq = seq > first ? seq : first; seq < cursor; seq++)
		note(seq, DENIED);
}

enum recorder_result reader_step(struct reader *reader)
{
	u64 before = reader->cursor, first = 0;
	struct event event;
	enum recorder_result result;

	result = recorder_read(&reader->cursor, &event, &first);
	switch (result) {
	case RECORDER_NONE:
		check(reader->cursor == before);
		break;
	case RECORDER_EVENT:
		check(reader->cursor == before + 1);
		check_event(&event, before);
		reader->events++;
		break;
	case RECORDER_LOST:
		check(first == before);
		check(reader->cursor > before);
		check(reader->cursor <= recorder_next_seq());
		check_lost(first, reader->cursor);
		reader->lost += reader->cursor - first;
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
