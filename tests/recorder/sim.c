// SPDX-License-Identifier: GPL-2.0
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <linux/irq_work.h>

#include "sim.h"

#define MAX_THREADS	32

struct odds {
	u64 state;
	u32 yield;
	u32 interrupt;
	void (*interrupted)(void);
};

static __thread struct odds odds;

/* Number of critical sections that each thread is in, with interrupts. */
static u32 nesting[MAX_THREADS];
static u32 threads;
static __thread u32 *own_nesting;

static sem_t raised;
static struct irq_work *queued;
static u32 nr_busy;	/* irq_work that is queued or runs */

/* Held while irq_work is taken from the queue; `held` stops that. */
static pthread_mutex_t taking = PTHREAD_MUTEX_INITIALIZER;
static bool held;

/* In the order of irq_work_single(): the work may be queued again at once. */
static void run_irq_work(struct irq_work *work)
{
	__atomic_store_n(&work->busy, true, __ATOMIC_SEQ_CST);
	__atomic_store_n(&work->pending, false, __ATOMIC_SEQ_CST);
	work->func(work);
	__atomic_store_n(&work->busy, false, __ATOMIC_SEQ_CST);
	__atomic_fetch_sub(&nr_busy, 1, __ATOMIC_SEQ_CST);
}

static struct irq_work *take_queued(void)
{
	struct irq_work *work;

	pthread_mutex_lock(&taking);
	while (__atomic_load_n(&held, __ATOMIC_SEQ_CST)) {
		pthread_mutex_unlock(&taking);
		usleep(100);
		pthread_mutex_lock(&taking);
	}
	work = __atomic_exchange_n(&queued, NULL, __ATOMIC_SEQ_CST);
	pthread_mutex_unlock(&taking);
	return work;
}

static void *irq_thread(void *unused)
{
	for (;;) {
		struct irq_work *work, *next;

		while (sem_wait(&raised))
			;
		for (work = take_queued(); work; work = next) {
			/* The work may be queued again as soon as it runs. */
			next = work->next;
			run_irq_work(work);
		}
	}
	return unused;
}

void sim_start(void)
{
	pthread_t thread;

	if (sem_init(&raised, 0, 0) ||
	    pthread_create(&thread, NULL, irq_thread, NULL)) {
		puts("Bail out! no thread for irq_work");
		exit(1);
	}
	pthread_detach(thread);
}

void sim_odds(u64 seed, u32 yield, u32 interrupt, void (*interrupted)(void))
{
	odds.state = seed * 0x9e3779b97f4a7c15 + 1;
	odds.yield = yield;
	odds.interrupted = interrupted;
	odds.interrupt = interrupt;
}

u32 sim_random(u32 n)
{
	u64 x = odds.state;

	/* xorshift64 is good enough, and survives an interrupt in between. */
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	odds.state = x;
	return (x >> 32) % n;
}

void sim_point(void)
{
	if (odds.interrupt && !sim_random(odds.interrupt))
		odds.interrupted();
	if (odds.yield && !sim_random(odds.yield))
		sched_yield();
}

static __thread void (*on_sleep)(void);
static __thread u64 now_ns;

void sim_on_sleep(void (*slept)(void))
{
	on_sleep = slept;
}

u64 sim_now_ns(void)
{
	return now_ns;
}

void sim_sleep(u64 ns)
{
	now_ns += ns;
	if (on_sleep)
		on_sleep();
}

void sim_rcu_read_lock(void)
{
	if (!own_nesting) {
		u32 n = __atomic_fetch_add(&threads, 1, __ATOMIC_SEQ_CST);

		if (n >= MAX_THREADS)
			abort();
		own_nesting = &nesting[n];
	}
	__atomic_fetch_add(own_nesting, 1, __ATOMIC_SEQ_CST);
}

void sim_rcu_read_unlock(void)
{
	__atomic_fetch_sub(own_nesting, 1, __ATOMIC_SEQ_CST);
}

/* Waits until each thread was outside of critical sections once. */
void sim_synchronize_rcu(void)
{
	u32 n = __atomic_load_n(&threads, __ATOMIC_SEQ_CST);

	while (n--)
		while (__atomic_load_n(&nesting[n], __ATOMIC_SEQ_CST))
			sched_yield();
}

void sim_irq_work_queue(struct irq_work *work)
{
	struct irq_work *first;

	if (__atomic_exchange_n(&work->pending, true, __ATOMIC_SEQ_CST))
		return;
	__atomic_fetch_add(&nr_busy, 1, __ATOMIC_SEQ_CST);
	first = __atomic_load_n(&queued, __ATOMIC_RELAXED);
	do {
		work->next = first;
	} while (!__atomic_compare_exchange_n(&queued, &first, work, true,
					      __ATOMIC_SEQ_CST,
					      __ATOMIC_RELAXED));
	sem_post(&raised);
}

bool sim_irq_work_is_pending(struct irq_work *work)
{
	return __atomic_load_n(&work->pending, __ATOMIC_SEQ_CST);
}

void sim_irq_work_sync(struct irq_work *work)
{
	if (sim_irq_work_is_pending(work))
		__atomic_store_n(&held, false, __ATOMIC_SEQ_CST);
	while (sim_irq_work_is_pending(work) ||
	       __atomic_load_n(&work->busy, __ATOMIC_SEQ_CST))
		sched_yield();
}

bool sim_irq_work_busy(void)
{
	return __atomic_load_n(&nr_busy, __ATOMIC_SEQ_CST);
}

void sim_irq_work_drain(void)
{
	while (sim_irq_work_busy())
		sched_yield();
}

void sim_irq_work_hold(void)
{
	sim_irq_work_drain();
	pthread_mutex_lock(&taking);
	__atomic_store_n(&held, true, __ATOMIC_SEQ_CST);
	pthread_mutex_unlock(&taking);
}
