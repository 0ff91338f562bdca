// SPDX-License-Identifier: GPL-2.0
/*
 * The recorder on one thread, where everything has one right answer, on rings
 * of RECORDS. Without `far`: the first rounds of the rings, a late writer,
 * storms of one kind, and every possible interrupt, by writers of either kind
 * that write up to two rounds, at each point of a writer, of a writer in that
 * one, and of a reader. With `far`: slot indexes that wrap.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/ktime.h>

#include "actors.h"
#include "sim.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof(*(array)))

static const char *const words[] = { "lifecycle", "signals", "both" };

static u32 records;

static u64 dropped(void)
{
	struct nso_recorder_counters counters;

	nso_recorder_counters(&counters);
	return counters.dropped;
}

static u64 overwritten(void)
{
	struct nso_recorder_counters counters;

	nso_recorder_counters(&counters);
	return counters.overwritten;
}

static void follow(struct reader *reader)
{
	while (reader_step(reader) != NSO_RECORDER_NONE)
		;
}

/* Reads everything, while no writer runs that a reader could wait for. */
static void follow_to_end(struct reader *reader)
{
	follow(reader);
	check(reader->cursor.seq == nso_recorder_next_seq());
}

static enum nso_event_kind other(enum nso_event_kind kind)
{
	return kind == NSO_EVENT_LIFECYCLE ? NSO_EVENT_SIGNALS :
						NSO_EVENT_LIFECYCLE;
}

static void first_wraps(u32 kind)
{
	u64 first = nso_recorder_next_seq(), before = overwritten(), next;
	struct reader one, two, raised;

	reader_at_next(&one);
	reader_at_next(&two);
	for (next = first; next < first + 3 * records; next++) {
		struct reader future, last;

		check(nso_recorder_next_seq() == next);
		reader_at_oldest(&future);
		future.cursor.seq = next + 1;
		check(reader_step(&future) == NSO_RECORDER_NONE);
		write_events(1, kind);
		check(reader_step(&future) == NSO_RECORDER_NONE);
		reader_at_oldest(&last);
		last.cursor.seq = next;
		follow_to_end(&last);
		check(reader_events(&last) == 1 && !last.lost);
		/* Checks what is held, and which event is the oldest. */
		ledger_check();
	}
	check(overwritten() == before);
	reader_at_oldest(&raised);
	raised.cursor.seq = next - 3;
	follow_to_end(&raised);
	check(reader_events(&raised) == 3 && !raised.lost);

	follow_to_end(&one);
	check(reader_events(&one) + one.lost == 3 * records);
	check(kind == MIXED || reader_events(&one) == records);
	check(overwritten() == before + one.lost);
	follow_to_end(&two);
	check(two.lost == one.lost);
	check(overwritten() == before + one.lost);
	check(!dropped());
	ledger_check();
	printf("# %s\n", words[kind]);
	ok(true,
	   "from the first event on, a reader gets everything that is held");
}

/* Events overwritten before a reader came do not count as overwritten. */
static void not_its_loss(enum nso_event_kind kind)
{
	u64 before = overwritten();
	struct reader reader;

	write_events(3 * records, kind);
	write_events(1, other(kind));
	reader_at_oldest(&reader);
	follow_to_end(&reader);
	check(overwritten() == before);
	reader_at_oldest(&reader);
	write_events(3 * records, kind);
	follow_to_end(&reader);
	check(reader.events[kind] == records && reader.lost >= 3 * records);
	check(overwritten() == before + 3 * records);
	ledger_check();
	ok(true, "events that a reader came for too late count as overwritten");
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

/* Writes one event, which must be dropped, and must still wake readers. */
static void write_dropped(enum nso_event_kind kind)
{
	u64 asked_before, dropped_before = dropped();

	/* The irq_work of earlier signals asks watches, too. */
	sim_irq_work_drain();
	asked_before = asked;
	write_events(1, kind);
	check(dropped() == dropped_before + 1);
	check(asked == asked_before + 1);
}

static void late_writer(enum nso_event_kind kind)
{
	struct nso_recorder_watch watch = { .wants = count_asked,
					    .wake = woken };
	struct nso_recorder_slot *late;
	struct reader reader;
	u64 before;

	nso_recorder_add_watch(&watch);
	reader_at_next(&reader);
	late = write_begin(kind);
	check(late);
	check(reader_step(&reader) == NSO_RECORDER_NONE);
	write_events(records - 1, kind);
	check(reader_step(&reader) == NSO_RECORDER_NONE);
	/* The other ring does not depend on this writer. */
	before = dropped();
	write_events(5 * records, other(kind));
	check(dropped() == before);
	check(reader_step(&reader) == NSO_RECORDER_NONE);
	write_dropped(kind);
	check(reader_step(&reader) == NSO_RECORDER_LOST && reader.lost == 1);
	follow_to_end(&reader);
	check(reader.events[kind] == records - 1);
	check(reader.events[other(kind)] == records);
	check(reader.lost == 2 + 4 * records);

	/* Once more, in the same slot. */
	write_events(records - 1, kind);
	write_dropped(kind);
	follow_to_end(&reader);
	check(reader.lost == 3 + 4 * records);

	/* The late writer ends in time for the next round of its slot. */
	write_end(late);
	reader_at_oldest(&reader);
	follow_to_end(&reader);
	check(reader.events[kind] == records - 1);
	check(reader.events[other(kind)] == records);
	reader_at_next(&reader);
	write_events(records, kind);
	follow_to_end(&reader);
	check(reader.events[kind] == records && !reader.lost);
	nso_recorder_del_watch(&watch);
	ledger_check();
	printf("# %s\n", words[kind]);
	ok(true, "events that need the slot of a late writer are dropped");
}

/* A writer that a dump meets at work, and how often the dump sleeps for it. */
static struct nso_recorder_slot *met;
static u32 sleeps_left;

static void end_met(void)
{
	if (!sleeps_left--)
		write_end(met);
}

static void never_end(void)
{
	check(++sleeps_left < 1000000);
}

/* Reads all events below until, and returns how many. */
static u32 dump(struct nso_recorder_cursor *cursor, u64 until)
{
	struct nso_event event;
	u32 events = 0;
	u64 first;

	while (nso_recorder_read_wait(cursor, until, &event, &first) ==
	       NSO_RECORDER_EVENT)
		events++;
	return events;
}

static void dump_waits(enum nso_event_kind kind)
{
	struct nso_recorder_cursor cursor;
	u64 until, before;

	nso_recorder_at_next(&cursor);
	write_events(2, kind);
	met = write_begin(kind);
	write_events(3, MIXED);
	until = nso_recorder_next_seq();
	write_events(1, kind);
	sleeps_left = 7;
	sim_on_sleep(end_met);
	check(dump(&cursor, until) == 6);
	check(cursor.seq == until);

	/*
	 * A dump does not wait without end for a writer that does not finish.
	 */
	met = write_begin(kind);
	until = nso_recorder_next_seq();
	before = sim_now_ns();
	sleeps_left = 0;
	sim_on_sleep(never_end);
	check(dump(&cursor, until) == 1);
	check(sim_now_ns() - before >= NSO_RECORDER_WAIT_MS * NSEC_PER_MSEC);
	check(sim_now_ns() - before < 2 * NSO_RECORDER_WAIT_MS * NSEC_PER_MSEC);
	check(sleeps_left);
	write_end(met);
	check(dump(&cursor, until) == 1);
	sim_on_sleep(NULL);
	ledger_check();
	printf("# %s\n", words[kind]);
	ok(true, "a dump waits for a writer at work, for a while");
}

/* However many events of one kind come, those of the other are held. */
static void storm_of(enum nso_event_kind kind)
{
	const enum nso_event_kind rare = other(kind);
	struct reader absent, present;
	u32 i;

	reader_at_next(&absent);
	reader_at_next(&present);
	for (i = 0; i < 2 * records + 3; i++) {
		write_events(1, rare);
		write_events(100 * records + i, kind);
		follow_to_end(&present);
	}
	check(present.events[rare] == 2 * records + 3);
	check(present.events[kind] == (2 * records + 3) * records);
	follow_to_end(&absent);
	check(absent.events[rare] == records);
	check(absent.events[kind] == records);
	ledger_check();
	printf("# of %s\n", words[kind]);
	ok(true, "a storm of one kind overwrites no event of the other");
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

/* The module may be unloaded once a watch is deleted. */
static void watch_goes(u32 kind)
{
	struct nso_recorder_watch watch = { .wants = wake_always,
					    .wake = count_wake };
	u64 before;

	sim_irq_work_hold();
	nso_recorder_add_watch(&watch);
	write_events(1, kind);
	check(sim_irq_work_busy());
	nso_recorder_del_watch(&watch);
	check(!sim_irq_work_busy());

	nso_recorder_add_watch(&watch);
	before = __atomic_load_n(&wakes, __ATOMIC_RELAXED);
	write_events(1, kind);
	while (__atomic_load_n(&wakes, __ATOMIC_RELAXED) == before)
		;
	nso_recorder_del_watch(&watch);
	printf("# of %s\n", words[kind]);
	ok(true, "a watch is woken until it is deleted, and not after");
}

#define LEVELS	2

/*
 * An interrupt, at the `at`th point of what it interrupts: it writes `before`
 * events, then one that may be interrupted itself, then `after` events.
 */
static struct cut {
	u32 at;
	enum nso_event_kind kind;
	u32 before;
	u32 after;
} cuts[LEVELS];

static u32 level;
static u32 passed[LEVELS];
static bool cut_done[LEVELS];

/* A reader on another processor, which reads everything each time. */
static struct reader observer;
/* Readers on another processor that open at this moment, one for each level. */
static struct reader comers[LEVELS];
static bool came[LEVELS];
/* The reader that is interrupted. */
static struct reader reader;

static void come(u32 here)
{
	reader_at_oldest(&comers[here]);
	came[here] = true;
	reader_step(&comers[here]);
}

static void interrupted(void)
{
	u32 here = level;

	if (here == LEVELS || passed[here]++ != cuts[here].at)
		return;
	cut_done[here] = true;
	level = LEVELS;
	write_events(cuts[here].before, cuts[here].kind);
	level = here + 1;
	if (level < LEVELS)
		passed[level] = 0;
	write_events(1, cuts[here].kind);
	level = LEVELS;
	come(here);
	write_events(cuts[here].after, cuts[here].kind);
	follow(&observer);
	level = here;
}

static void write_lifecycle(void)
{
	write_events(1, NSO_EVENT_LIFECYCLE);
}

static void write_signal(void)
{
	write_events(1, NSO_EVENT_SIGNALS);
}

/* Reads on; interrupting writers are done, so there is nothing to wait for. */
static void read_on(void)
{
	follow(&reader);
	check(reader.cursor.seq == reader.cursor.looked);
}

static void read_some(void)
{
	reader_at_oldest(&reader);
	if (reader.cursor.seq + 3 < nso_recorder_next_seq())
		reader.cursor.seq = nso_recorder_next_seq() - 3;
	read_on();
}

static void read_all(void)
{
	reader_at_oldest(&reader);
	read_on();
}

/* Calls act() with these interrupts. Returns false if it has no such point. */
static bool act_with_cuts(void (*act)(void))
{
	u32 i;

	write_events(3, MIXED);
	level = 0;
	passed[0] = 0;
	for (i = 0; i < LEVELS; i++) {
		cut_done[i] = false;
		came[i] = false;
	}
	sim_odds(1, 0, 1, interrupted);
	act();
	sim_odds(1, 0, 0, NULL);
	follow_to_end(&observer);
	follow_to_end(&reader);
	for (i = 0; i < LEVELS; i++)
		if (came[i])
			follow_to_end(&comers[i]);
	return cut_done[0];
}

/* Interrupts act() at every `step`th point, each time at other ones. */
static u32 interrupt_everywhere(void (*act)(void), u32 step)
{
	const u32 sizes[][2] = {
		{ 0, 0 },
		{ records - 2, 0 },
		{ records - 1, 0 },
		{ records, 0 },
		{ 0, records - 1 },
		{ 0, records },
		{ records, records },
	};
	const u32 n = ARRAY_SIZE(sizes) * NSO_EVENT_KINDS;
	u32 both, i, times = 0;

	for (both = 0; both < n * n; both++) {
		for (i = 0; i < LEVELS; i++) {
			u32 one = i ? both % n : both / n;

			cuts[i].at = i ? 0 : both % step;
			cuts[i].kind = one % NSO_EVENT_KINDS;
			cuts[i].before = sizes[one / NSO_EVENT_KINDS][0];
			cuts[i].after = sizes[one / NSO_EVENT_KINDS][1];
		}
		while (act_with_cuts(act)) {
			/* At each point of the inner interrupt, too. */
			while (cut_done[1]) {
				times++;
				cuts[1].at++;
				act_with_cuts(act);
			}
			cuts[0].at += step;
			cuts[1].at = 0;
		}
	}
	check(times > 1000);
	return times;
}

static void every_interrupt(void)
{
	const u32 larger = records / NSO_RECORDER_MIN_RECORDS;
	u64 dropped_before = dropped();

	reader_at_next(&observer);
	reader_at_next(&reader);
	printf("# %u interrupts of a writer of a lifecycle event\n",
	       interrupt_everywhere(write_lifecycle, larger));
	check(dropped() > dropped_before);
	printf("# %u interrupts of a writer of a signal\n",
	       interrupt_everywhere(write_signal, larger));
	printf("# %llu events dropped\n",
	       (unsigned long long)(dropped() - dropped_before));
	ledger_check();
	ok(true, "a writer may be interrupted anywhere, twice");

	printf("# %u interrupts of a reader\n",
	       interrupt_everywhere(read_on, larger * larger));
	ledger_check();
	printf("# %u interrupts of one that begins with the last events\n",
	       interrupt_everywhere(read_some, larger * larger * 5));
	printf("# %u interrupts of one that begins with the oldest\n",
	       interrupt_everywhere(read_all, larger * larger * 25));
	ledger_check();
	ok(true, "a reader may be interrupted anywhere");
}

/* Slot indexes that wrap. */

static const u64 lags[] = {
	2 * NSO_RECORDER_INDEXES + 3,
	2 * NSO_RECORDER_INDEXES,
	2 * NSO_RECORDER_INDEXES - 1,
	NSO_RECORDER_INDEXES + NSO_RECORDER_MAX_RECORDS,
	NSO_RECORDER_INDEXES + 100,
	NSO_RECORDER_INDEXES + 17,
	NSO_RECORDER_INDEXES + 16,
	NSO_RECORDER_INDEXES + 15,
	NSO_RECORDER_INDEXES + 5,
	NSO_RECORDER_INDEXES + 1,
	NSO_RECORDER_INDEXES,
	NSO_RECORDER_INDEXES - 1,
	NSO_RECORDER_INDEXES - 5,
	NSO_RECORDER_INDEXES - 15,
	NSO_RECORDER_INDEXES - 16,
	NSO_RECORDER_INDEXES - 17,
	NSO_RECORDER_INDEXES - 100,
	NSO_RECORDER_INDEXES - NSO_RECORDER_MAX_RECORDS + 1,
	NSO_RECORDER_INDEXES - NSO_RECORDER_MAX_RECORDS,
	NSO_RECORDER_INDEXES - NSO_RECORDER_MAX_RECORDS - 1,
};

/* Readers that read again after that many events of one kind. */
static void away_for(u32 kind)
{
	/* They had read everything, or nothing, or want events to come. */
	struct reader idle[ARRAY_SIZE(lags)], full[ARRAY_SIZE(lags)];
	struct reader future[ARRAY_SIZE(lags)];
	const u64 ahead = records / 2;
	u32 i;

	write_events(2 * records, NSO_EVENT_LIFECYCLE);
	write_events(2 * records, NSO_EVENT_SIGNALS);
	for (i = 0; i < ARRAY_SIZE(lags); i++) {
		u64 next = i + 1 < ARRAY_SIZE(lags) ? lags[i + 1] : 0;

		reader_at_next(&idle[i]);
		reader_at_oldest(&full[i]);
		reader_at_oldest(&future[i]);
		future[i].cursor.seq =
			nso_recorder_next_seq() + lags[i] - ahead;
		write_events(lags[i] - next, kind);
	}
	for (i = 0; i < ARRAY_SIZE(lags); i++) {
		follow_to_end(&idle[i]);
		follow_to_end(&full[i]);
		follow_to_end(&future[i]);
		check(reader_events(&idle[i]) + idle[i].lost == lags[i]);
		check(reader_events(&future[i]) + future[i].lost == ahead);
		if (kind == MIXED) {
			check(reader_events(&full[i]) == 2 * records);
			check(reader_events(&idle[i]) == 2 * records);
			continue;
		}
		check(!future[i].lost);
		check(idle[i].events[kind] == records);
		check(full[i].events[kind] == records);
		check(full[i].events[other(kind)] == records);
	}
	ledger_check();
	printf("# %s\n", words[kind]);
	ok(true, "a reader may be away for any time");
}

static u32 points;
static u64 meanwhile;

/* Wraps the ring that is looked at first, then the indexes of the other. */
static void look_away(void)
{
	if (points--)
		return;
	sim_odds(1, 0, 0, NULL);
	write_events(records, NSO_EVENT_LIFECYCLE);
	write_events(meanwhile, NSO_EVENT_SIGNALS);
}

/* Slot indexes of signals wrap in two steps, neither of which is enough. */
static void away_twice(void)
{
	const u64 first = NSO_RECORDER_INDEXES - NSO_RECORDER_MAX_RECORDS - 1;
	u32 point;

	for (point = 0; point < 4; point++) {
		struct reader reader;

		reader_at_oldest(&reader);
		write_events(first, NSO_EVENT_SIGNALS);
		points = point;
		meanwhile = NSO_RECORDER_INDEXES - records / 2 - first;
		sim_odds(1, 0, 1, look_away);
		follow(&reader);
		sim_odds(1, 0, 0, NULL);
		follow_to_end(&reader);
		check(reader.events[NSO_EVENT_SIGNALS] >= records);
		check(reader.events[NSO_EVENT_LIFECYCLE] >= records);
	}
	ledger_check();
	ok(true, "a reader may be away between two rings");
}

/* Writes events until the next one has this slot index. */
static void write_up_to(enum nso_event_kind kind, u32 index)
{
	u32 next = nso_recorder_index(kind, atomic64_read(&nso_recorder.next));

	write_events((index - next) % NSO_RECORDER_INDEXES, kind);
}

static void look_in(void)
{
	sim_odds(1, 0, 0, NULL);
	follow(&observer);
	come(0);
	follow(&comers[0]);
	sim_odds(1, 0, 1, look_in);
}

/* Writes n events while readers look at each point. */
static void write_watched(u32 n, enum nso_event_kind kind)
{
	while (n--) {
		sim_odds(1, 0, 1, look_in);
		write_events(1, kind);
		sim_odds(1, 0, 0, NULL);
		follow_to_end(&observer);
		follow_to_end(&comers[0]);
	}
}

static void wrap_indexes(enum nso_event_kind kind)
{
	const u32 first = nso_recorder_index(kind, NSO_RECORDER_TICKET(0, 1));
	struct nso_recorder_slot *late;
	u64 before;
	u32 index;

	/*
	 * The tickets that nso_recorder_init() leaves have slot indexes, too.
	 */
	write_up_to(kind, first - 2 * records);
	reader_at_next(&observer);
	write_watched(4 * records, kind);

	/* An event was dropped in this slot before the wrap. */
	late = write_begin(kind);
	write_events(records - 1, kind);
	index = nso_recorder_index(kind, atomic64_read(&nso_recorder.next));
	before = dropped();
	write_events(1, kind);
	check(dropped() == before + 1);
	write_end(late);
	write_up_to(kind, index - 3);
	follow_to_end(&observer);
	write_watched(5, kind);
	ledger_check();

	/* A writer is at work during the whole wrap. */
	index = nso_recorder_index(kind, atomic64_read(&nso_recorder.next));
	late = write_begin(kind);
	write_up_to(kind, index - 3);
	follow_to_end(&observer);
	write_watched(5, kind);
	write_up_to(kind, index - 3);
	follow_to_end(&observer);
	write_watched(3, kind);
	write_end(late);
	follow_to_end(&observer);
	write_watched(2 * records, kind);
	ledger_check();
	printf("# %s\n", words[kind]);
	ok(true, "an event before a wrap is not taken for the one after it");
}

int main(int argc, char **argv)
{
	bool far = argc == 3 && !strcmp(argv[2], "far");

	records = argc == 2 || far ? strtoul(argv[1], NULL, 10) : 0;
	if (records < NSO_RECORDER_MIN_RECORDS || nso_recorder_init(records)) {
		fputs("usage: wraps RECORDS [far]\n", stderr);
		return 2;
	}
	sim_start();
	sim_odds(1, 0, 0, NULL);
	if (far) {
		ledger_start(32 * NSO_RECORDER_INDEXES);
		/*
		 * Looking at every slot many times takes too long in larger
		 * rings.
		 */
		if (records <= 1024) {
			wrap_indexes(NSO_EVENT_LIFECYCLE);
			wrap_indexes(NSO_EVENT_SIGNALS);
			away_twice();
			away_for(MIXED);
		}
		away_for(NSO_EVENT_LIFECYCLE);
		away_for(NSO_EVENT_SIGNALS);
	} else {
		ledger_start(1 << 24);
		first_wraps(NSO_EVENT_LIFECYCLE);
		first_wraps(NSO_EVENT_SIGNALS);
		first_wraps(MIXED);
		not_its_loss(NSO_EVENT_LIFECYCLE);
		not_its_loss(NSO_EVENT_SIGNALS);
		late_writer(NSO_EVENT_LIFECYCLE);
		late_writer(NSO_EVENT_SIGNALS);
		dump_waits(NSO_EVENT_LIFECYCLE);
		dump_waits(NSO_EVENT_SIGNALS);
		storm_of(NSO_EVENT_LIFECYCLE);
		storm_of(NSO_EVENT_SIGNALS);
		watch_goes(NSO_EVENT_LIFECYCLE);
		watch_goes(NSO_EVENT_SIGNALS);
		every_interrupt();
	}
	nso_recorder_exit();
	return finish();
}
