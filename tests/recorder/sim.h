/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A simulation of what the recorder needs of a kernel: a scheduler, interrupts
 * that come at the worst moment, irq_work and RCU.
 */
#ifndef SIM_H
#define SIM_H

#include <linux/types.h>

struct irq_work;

/* Starts the thread that runs irq_work. Called before everything else here. */
void sim_start(void);

/*
 * Sets the odds of the calling thread: at one in `yield` points it lets other
 * threads go first, and at one in `interrupt` points it calls interrupted(). 0
 * means never.
 */
void sim_odds(u64 seed, u32 yield, u32 interrupt, void (*interrupted)(void));

/* Returns a random number below n; each thread has a sequence of its own. */
u32 sim_random(u32 n);

/*
 * A point where other threads may go first: every operation of linux/atomic.h.
 */
void sim_point(void);

/*
 * Called with the ticket that a fetch_add drew, at once. Defined in actors.c.
 */
void sim_drawn(u64 ticket);

/*
 * The clock of the calling thread, which only moves while that thread sleeps.
 * Each sleep calls slept(), if it is set.
 */
void sim_on_sleep(void (*slept)(void));
u64 sim_now_ns(void);
void sim_sleep(u64 ns);

/* A read-side critical section of RCU. Disabled preemption is one, too. */
void sim_rcu_read_lock(void);
void sim_rcu_read_unlock(void);
void sim_synchronize_rcu(void);

void sim_irq_work_queue(struct irq_work *work);
void sim_irq_work_sync(struct irq_work *work);
bool sim_irq_work_is_pending(struct irq_work *work);

/* Tells whether any irq_work is queued or runs. */
bool sim_irq_work_busy(void);

/* Waits until no irq_work is queued or runs. */
void sim_irq_work_drain(void);

/*
 * Drains, and holds back irq_work that is queued from then on until a thread
 * waits for it.
 */
void sim_irq_work_hold(void);

/*
 * Between these two, ThreadSanitizer ignores the accesses of the calling
 * thread. They do not nest.
 */
#ifdef __SANITIZE_THREAD__
void sim_ignore_begin(const char *file, int line)
	__asm__("AnnotateIgnoreReadsBegin");
void sim_ignore_end(const char *file, int line)
	__asm__("AnnotateIgnoreReadsEnd");
#define sim_race_begin()	sim_ignore_begin(__FILE__, __LINE__)
#define sim_race_end()		sim_ignore_end(__FILE__, __LINE__)
#else
#define sim_race_begin()	((void)0)
#define sim_race_end()		((void)0)
#endif

#endif
