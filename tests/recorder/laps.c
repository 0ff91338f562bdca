// SPDX-License-Identifier: GPL-2.0
/*
 * The recorder on one thread, where everything has one right answer: its first
 * laps, a writer that is late, and then every interrupt there can be, by writers
 * that write up to two laps, at each point of a writer, of a writer within that
 * one, and of a reader. On a ring of RECORDS.
 */
#include <stdio.h>
#include <stdlib.h>

#include "actors.h"
#include "sim.h"

static u32 records;

static u64 dropped(void)
{
	struct recorder_counters counters;

	recorder_counters(&counters);
	return counters.dropped;
}

static u64 overwritten(void)
{
	struct recorder_counters counters;

	recorder_counters(&counters);
	return counters.overwritten;
}

static void follow(struct reader *who)
{
	while (reader_step(who) != RECORDER_NONE)
		;
}

/* Nobody writes: there is nothing that a reader waits for. */
static void follow_to_end(struct reader *who)
{
	follow(who);
	check(who->cursor == recorder_next_seq());
}

static void first_laps(void)
{
	struct reader from_first = { .cursor = 1 }, second = { .cursor = 1 };
	u64 next;

	for (next = 1; next <= 3 * records; next++) {
		u64 oldest = next > records ? next - records : 1;
		struct reader reader = { .cursor = oldest };
		struct reader future = { .cursor = next + 1 };

		check(recorder_next_seq() == next);
		check(recorder_oldest_seq() == oldest);
		follow_to_end(&reader);
		check(reader.events == next - oldest && !reader.lost);
		check(reader_step(&future) == RECORDER_NONE);
		write_events(1);
		check(reader_step(&future) == RECORDER_NONE);
	}
	check(!overwritten());
	follow_to_end(&from_first);
	check(from_first.events == records);
	check(from_first.lost == 2 * records);
	check(overwritten() == from_first.lost);
	follow_to_end(&second);
	check(second.lost == 2 * records);
	check(overwritten() == from_first.lost);
	check(!dropped());
	ok(true, "from the first event on, a reader gets all that is held");
}

static u64 asked;

static bool count_asked(void)
{
	asked++;
	return false;
}

static void woken(void)
{
}

/* Writes one event, that must be dropped and yet wake who waits for it. */
static void write_dropped(void)
{
	u64 asked_before = asked, dropped_before = dropped();

	write_events(1);
	check(dropped() == dropped_before + 1);
	check(asked == asked_before + 1);
}

static void late_writer(void)
{
	struct recorder_watch watch = { .wants = count_asked, .wake = woken };
	struct reader reader = { .cursor = recorder_next_seq() };
	struct recorder_slot *late;

	recorder_add_watch(&watch);
	late = write_begin();
	check(late);
	check(reader_step(&reader) == RECORDER_NONE);
	write_events(records - 1);
	check(reader_step(&reader) == RECORDER_NONE);
	write_dropped();
	check(reader_step(&reader) == RECORDER_LOST && reader.lost == 1);
	follow_to_end(&reader);
	check(reader.events == records - 1 && reader.lost == 2);

	/* Once more, over the same slot. */
	write_events(records - 1);
	write_dropped();
	follow_to_end(&reader);
	check(reader.lost == 3);

	/* In time for nothing but the next lap, which has its slot again. */
	write_end(late);
	reader.cursor = recorder_oldest_seq();
	reader.events = 0;
	follow_to_end(&reader);
	check(reader.events == records - 1 && reader.lost == 4);
	write_events(records);
	reader.events = 0;
	follow_to_end(&reader);
	check(reader.events == records && reader.lost == 4);
	recorder_del_watch(&watch);
	ledger_check();
	ok(true, "a writer that is late has those dropped that need its slot");
}

static bool wake_always(void)
{
	return true;
}

static u64 wakes;

static void count_wake(void)
{
	__atomic_fetch_add(&wakes, 1, __ATOMIC_RELAXED);
}

/* The module may be unloaded next. */
static void watch_goes(void)
{
	struct recorder_watch watch = { .wants = wake_always,
					.wake = count_wake };
	u64 before;

	sim_irq_work_delay(20000);
	recorder_add_watch(&watch);
	write_events(1);
	check(sim_irq_work_busy());
	recorder_del_watch(&watch);
	check(!sim_irq_work_busy());
	sim_irq_work_delay(0);

	recorder_add_watch(&watch);
	before = __atomic_load_n(&wakes, __ATOMIC_RELAXED);
	write_events(1);
	while (__atomic_load_n(&wakes, __ATOMIC_RELAXED) == before)
		;
	recorder_del_watch(&watch);
	ok(true, "a watch is woken, and gone when it is gone");
}

#define LEVELS	2

/*
 * At this point of what goes on, events are written in between: one that may be
 * interrupted itself, and so many before and after it.
 */
static struct cut {
	u32 at;
	u32 before;
	u32 after;
} cuts[LEVELS];

static u32 level;
static u32 passed[LEVELS];
static bool cut_done[LEVELS];

/* Another processor's, that has all the time there is. */
static struct reader observer;
/* The one that is interrupted. */
static struct reader reader;

static void interrupted(void)
{
	u32 here = level;

	if (here == LEVELS || passed[here]++ != cuts[here].at)
		return;
	cut_done[here] = true;
	level = LEVELS;
	write_events(cuts[here].before);
	level = here + 1;
	if (level < LEVELS)
		passed[level] = 0;
	write_events(1);
	level = LEVELS;
	write_events(cuts[here].after);
	follow(&observer);
	level = here;
}

static void write_one(void)
{
	write_events(1);
}

static void read_some(void)
{
	reader.cursor = recorder_next_seq() - 3;
	follow(&reader);
}

/* False if there is no such point in what act() does. */
static bool act_with_cuts(void (*act)(void))
{
	level = 0;
	passed[0] = 0;
	cut_done[0] = false;
	cut_done[1] = false;
	sim_odds(1, 0, 1, interrupted);
	act();
	sim_odds(1, 0, 0, NULL);
	follow_to_end(&observer);
	follow_to_end(&reader);
	return cut_done[0];
}

static u32 interrupt_everywhere(void (*act)(void))
{
	const struct cut kinds[] = {
		{ 0, 0, 0 },
		{ 0, records - 2, 0 },
		{ 0, records - 1, 0 },
		{ 0, records, 0 },
		{ 0, 0, records - 1 },
		{ 0, 0, records },
		{ 0, records, records },
	};
	const u32 n = sizeof(kinds) / sizeof(*kinds);
	u32 kind, times = 0;

	for (kind = 0; kind < n * n; kind++) {
		cuts[0] = kinds[kind / n];
		cuts[1] = kinds[kind % n];
		while (act_with_cuts(act)) {
			/* And each point of the one within. */
			while (cut_done[1]) {
				times++;
				cuts[1].at++;
				act_with_cuts(act);
			}
			cuts[0].at++;
			cuts[1].at = 0;
		}
	}
	return times;
}

static void every_interrupt(void)
{
	u64 dropped_before = dropped();
	u32 times;

	observer.cursor = recorder_next_seq();
	reader.cursor = recorder_next_seq();
	times = interrupt_everywhere(write_one);
	check(times > 1000);
	check(dropped() > dropped_before);
	printf("# %u interrupts of a writer, %llu events dropped\n", times,
	       (unsigned long long)(dropped() - dropped_before));
	ledger_check();
	ok(true, "a writer may be interrupted anywhere, twice");

	times = interrupt_everywhere(read_some);
	check(times > 1000);
	printf("# %u interrupts of a reader\n", times);
	ledger_check();
	ok(true, "a reader may be interrupted anywhere");
}

int main(int argc, char **argv)
{
	records = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
	if (records < RECORDER_MIN_RECORDS || recorder_start(records)) {
		fputs("usage: laps RECORDS\n", stderr);
		return 2;
	}
	sim_start();
	ledger_start(1 << 22);
	first_laps();
	late_writer();
	watch_goes();
	every_interrupt();
	recorder_stop();
	return finish();
}
