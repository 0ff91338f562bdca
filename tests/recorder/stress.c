// SPDX-License-Identifier: GPL-2.0
/*
 * The recorder under threads. Writers of either kind are interrupted by signals
 * and at every atomic operation; the interrupts write, too, sometimes enough to
 * wrap a ring. Readers spin, sleep, are slow, or come and go; watches come and
 * go. Ends after EVENTS events on rings of RECORDS, however long that takes.
 */
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <linux/atomic.h>

#include "actors.h"
#include "sim.h"

#define WRITERS		3
#define SLEEPERS	2
#define ROUNDS		4000	/* of waking all sleepers */
#define DEADLINE	20	/* in s: a sleeper that is late then was not woken */
#define LOOKS		200	/* at a sleeper before each look waits */

static u32 records;
static u64 limit;
static bool written;	/* all events are written */
static bool done;

static bool is(const bool *it)
{
	return __atomic_load_n(it, __ATOMIC_SEQ_CST);
}

static void set(bool *it)
{
	__atomic_store_n(it, true, __ATOMIC_SEQ_CST);
}

static u64 seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void spawn(pthread_t *thread, void *(*run)(void *), void *arg)
{
	check(!pthread_create(thread, NULL, run, arg));
}

/* Readers that sleep, and are woken like those of netlink and debugfs. */

static struct sleeper {
	struct reader reader;
	pthread_t thread;
	sem_t wake;
	bool sleeping;
	u64 reached;	/* copy of the cursor for other threads */
	u64 sleeps;
} sleepers[SLEEPERS];

static bool any_sleeps(void)
{
	int i;

	for (i = 0; i < SLEEPERS; i++)
		if (__atomic_load_n(&sleepers[i].sleeping, __ATOMIC_RELAXED))
			return true;
	return false;
}

static void wake_sleepers(void)
{
	int i;

	for (i = 0; i < SLEEPERS; i++)
		if (__atomic_exchange_n(&sleepers[i].sleeping, false,
					__ATOMIC_SEQ_CST))
			sem_post(&sleepers[i].wake);
}

static struct nso_recorder_watch sleepers_watch = {
	.wants = any_sleeps,
	.wake = wake_sleepers,
};

static bool sleeper_step(struct sleeper *sleeper)
{
	bool more = reader_step(&sleeper->reader) != NSO_RECORDER_NONE;

	__atomic_store_n(&sleeper->reached, sleeper->reader.cursor.seq,
			 __ATOMIC_RELAXED);
	return more;
}

static void sleep_if_none(struct sleeper *sleeper)
{
	__atomic_store_n(&sleeper->sleeping, true, __ATOMIC_RELAXED);
	/* F: the barrier of prepare_to_wait(), then one more read. */
	smp_mb();
	if ((sleeper_step(sleeper) || is(&done)) &&
	    __atomic_exchange_n(&sleeper->sleeping, false, __ATOMIC_SEQ_CST))
		return;
	sleeper->sleeps++;
	while (sem_wait(&sleeper->wake))
		;
}

static void *sleeper_run(void *arg)
{
	struct sleeper *sleeper = arg;

	sim_odds(100 + (sleeper - sleepers), 8, 0, NULL);
	while (!is(&done)) {
		while (sleeper_step(sleeper))
			;
		sleep_if_none(sleeper);
	}
	return NULL;
}

/* Checks that all sleepers get to the end, while no writer runs. */
static void expect_sleepers(void)
{
	u64 next = nso_recorder_next_seq(), deadline = seconds() + DEADLINE;
	u32 looks = 0;
	int i;

	for (i = 0; i < SLEEPERS; i++)
		while (__atomic_load_n(&sleepers[i].reached,
				       __ATOMIC_RELAXED) != next) {
			check(seconds() < deadline);
			/*
			 * Don't wait at first: the next event may come early.
			 */
			if (++looks < LOOKS)
				sched_yield();
			else
				usleep(1000);
		}
}

static void start_sleepers(void)
{
	int i;

	nso_recorder_add_watch(&sleepers_watch);
	for (i = 0; i < SLEEPERS; i++) {
		reader_at_oldest(&sleepers[i].reader);
		sem_init(&sleepers[i].wake, 0, 0);
		spawn(&sleepers[i].thread, sleeper_run, &sleepers[i]);
	}
}

static void stop_sleepers(void)
{
	int i;

	wake_sleepers();
	for (i = 0; i < SLEEPERS; i++) {
		pthread_join(sleepers[i].thread, NULL);
		check(sleepers[i].sleeps);
	}
	nso_recorder_del_watch(&sleepers_watch);
}

static void wake_ups(void)
{
	u32 round;

	sim_odds(1, 0, 0, NULL);
	for (round = 0; round < ROUNDS; round++) {
		u32 delay = sim_random(1000);

		while (delay--)
			sim_point();
		write_events(1, MIXED);
		expect_sleepers();
	}
	ok(true, "no wake-up is lost");
}

/* Writers. */

static struct writer {
	pthread_t thread;
	bool ready;
	u64 seed;
} writers[WRITERS];

static __thread u32 interrupts;	/* number that this thread is in */
static u64 bursts;

static void burst(void)
{
	if (interrupts == 2 || nso_recorder_next_seq() >= limit)
		return;
	interrupts++;
	__atomic_fetch_add(&bursts, 1, __ATOMIC_RELAXED);
	if (sim_random(4))
		write_events(1 + sim_random(3), MIXED);
	else
		write_events(records + sim_random(records), sim_random(2));
	interrupts--;
}

static void on_signal(int signal)
{
	(void)signal;
	burst();
}

static void *writer_run(void *arg)
{
	struct writer *writer = arg;

	sim_odds(writer->seed, 64, 512, burst);
	/* A signal handler needs the nesting counter of this thread. */
	sim_rcu_read_lock();
	sim_rcu_read_unlock();
	__atomic_store_n(&writer->ready, true, __ATOMIC_RELEASE);
	while (nso_recorder_next_seq() < limit)
		write_events(1 + sim_random(4), MIXED);
	return NULL;
}

static void *signals_run(void *unused)
{
	u32 i = 0;

	while (!is(&written)) {
		struct writer *writer = &writers[i++ % WRITERS];

		if (__atomic_load_n(&writer->ready, __ATOMIC_ACQUIRE))
			pthread_kill(writer->thread, SIGUSR1);
		usleep(50);
	}
	return unused;
}

/* Readers that do not sleep. */

static void *spinner_run(void *arg)
{
	sim_odds(200, 16, 0, NULL);
	while (!is(&done))
		reader_step(arg);
	return NULL;
}

static void *slow_run(void *arg)
{
	struct nso_recorder_counters before = {}, now;
	u32 i;

	sim_odds(201, 2, 0, NULL);
	while (!is(&done)) {
		nso_recorder_counters(&now);
		check(now.next_seq >= before.next_seq);
		check(now.overwritten >= before.overwritten);
		check(now.dropped >= before.dropped);
		before = now;
		for (i = 0; i < 8; i++)
			reader_step(arg);
		usleep(500);
	}
	return NULL;
}

/* Readers that begin at some event, read for a while and go. */
static u64 comings;
static u64 comers_lost;

static void *comer_run(void *unused)
{
	struct reader reader;
	u32 steps;

	sim_odds(202, 8, 0, NULL);
	while (!is(&written)) {
		u64 first;

		reader_at_oldest(&reader);
		if (!sim_random(4))
			reader.cursor.seq +=
				sim_random(nso_recorder_next_seq() + 2 -
					   reader.cursor.seq);
		first = reader.cursor.seq;
		for (steps = sim_random(4 * records); steps; steps--)
			if (reader_step(&reader) == NSO_RECORDER_NONE)
				break;
		check(reader_events(&reader) + reader.lost ==
		      reader.cursor.seq - first);
		comings++;
		comers_lost += reader.lost;
	}
	return unused;
}

/* A watch that comes and goes. */

static bool watched;
static u64 watches;

static bool visitor_wants(void)
{
	/* Let other threads delete the watch meanwhile, if they can. */
	sched_yield();
	check(__atomic_load_n(&watched, __ATOMIC_RELAXED));
	return true;
}

static void visitor_wake(void)
{
	check(__atomic_load_n(&watched, __ATOMIC_RELAXED));
}

static struct nso_recorder_watch visitor = {
	.wants = visitor_wants,
	.wake = visitor_wake,
};

static void *visitor_run(void *unused)
{
	do {
		__atomic_store_n(&watched, true, __ATOMIC_RELAXED);
		nso_recorder_add_watch(&visitor);
		usleep(100);
		nso_recorder_del_watch(&visitor);
		__atomic_store_n(&watched, false, __ATOMIC_RELAXED);
		watches++;
		usleep(100);
	} while (!is(&written));
	return unused;
}

static void finish_reading(struct reader *reader)
{
	while (reader_step(reader) != NSO_RECORDER_NONE)
		;
	check(reader->cursor.seq == nso_recorder_next_seq());
	check(reader_events(reader) + reader->lost == reader->cursor.seq - 1);
	check(reader->events[NSO_EVENT_LIFECYCLE]);
	check(reader->events[NSO_EVENT_SIGNALS]);
}

static void report(const char *name, const struct reader *reader)
{
	printf("# %s: %llu lifecycle events and %llu signals read, %llu lost\n",
	       name, (unsigned long long)reader->events[NSO_EVENT_LIFECYCLE],
	       (unsigned long long)reader->events[NSO_EVENT_SIGNALS],
	       (unsigned long long)reader->lost);
}

static struct reader spinning, slow;

static void storm(void)
{
	pthread_t spinner, sluggard, signaller, comer, visit;
	struct nso_recorder_counters counters;
	int i;

	signal(SIGUSR1, on_signal);
	spawn(&comer, comer_run, NULL);
	spawn(&spinner, spinner_run, &spinning);
	spawn(&sluggard, slow_run, &slow);
	for (i = 0; i < WRITERS; i++) {
		writers[i].seed = i + 1;
		spawn(&writers[i].thread, writer_run, &writers[i]);
	}
	spawn(&signaller, signals_run, NULL);
	spawn(&visit, visitor_run, NULL);

	/* Threads can be sent signals only until they are joined. */
	while (nso_recorder_next_seq() < limit)
		usleep(1000);
	set(&written);
	pthread_join(signaller, NULL);
	pthread_join(comer, NULL);
	pthread_join(visit, NULL);
	for (i = 0; i < WRITERS; i++)
		pthread_join(writers[i].thread, NULL);
	expect_sleepers();
	set(&done);
	pthread_join(spinner, NULL);
	pthread_join(sluggard, NULL);
	stop_sleepers();

	finish_reading(&spinning);
	finish_reading(&slow);
	report("spinning", &spinning);
	report("slow", &slow);
	for (i = 0; i < SLEEPERS; i++) {
		finish_reading(&sleepers[i].reader);
		report("sleeping", &sleepers[i].reader);
	}
	ok(true,
	   "each reader got each event once, or was told that it lost it");

	ledger_check();
	nso_recorder_counters(&counters);
	printf("# %llu events, %llu dropped, %llu overwritten\n",
	       (unsigned long long)counters.next_seq - 1,
	       (unsigned long long)counters.dropped,
	       (unsigned long long)counters.overwritten);
	printf("# %llu interrupts, %llu watches, %llu readers came\n",
	       (unsigned long long)bursts, (unsigned long long)watches,
	       (unsigned long long)comings);
	check(counters.overwritten <= slow.lost + spinning.lost + comers_lost +
					      sleepers[0].reader.lost +
					      sleepers[1].reader.lost);
	ok(true, "the counters add up");
	ok(counters.dropped && counters.overwritten && slow.lost && bursts &&
	   watches && comings, "all of this has happened");
}

int main(int argc, char **argv)
{
	if (argc == 3) {
		records = strtoul(argv[1], NULL, 10);
		limit = strtoull(argv[2], NULL, 10);
	}
	if (records < NSO_RECORDER_MIN_RECORDS || nso_recorder_init(records)) {
		fputs("usage: stress RECORDS EVENTS\n", stderr);
		return 2;
	}
	sim_start();
	/* Writers that have begun finish: a burst each, within a burst. */
	ledger_start(limit + 1024 + WRITERS * 6 * records);
	reader_at_oldest(&spinning);
	reader_at_oldest(&slow);
	start_sleepers();
	wake_ups();
	storm();
	nso_recorder_exit();
	return finish();
}
