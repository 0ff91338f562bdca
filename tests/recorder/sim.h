/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a kernel has around the recorder: a scheduler and interrupts that come
 * at the worst moment, irq_work, RCU.
 */
#ifndef SIM_H
#define SIM_H

#include <linux/types.h>

struct irq_work;

/* Before anything else here; starts the thread that irq_work runs in. */
void sim_start(void);

/*
 * The calling thread's odds: at each point one in `yield` lets others go first,
 * and one in `interrupt` calls interrupted() in between; 0 is never.
 */
void sim_odds(u64 seed, u32 yield, u32 interrupt, void (*interrupted)(void));

/* Any number below n, of the calling thread. */
u32 sim_random(u32 n);

/* Here others may go first; called by all that linux/atomic.h has. */
void sim_point(void);

/* The ticket that a fetch_add drew, before anybody else goes; in actors.c. */
void sim_drawn(u64 ticket);

/*
 * The clock of the calling thread, which only its own sleeps move on; each of
 * them calls slept(), if that was set.
 */
void sim_on_sleep(void (*slept)(void));
u64 sim_now_ns(void);
void sim_sleep(u64 ns);

/* A read-side critical section of RCU, as preemption disabled is one. */
void sim_rcu_read_lock(void);
void sim_rcu_read_unlock(void);
void sim_synchronize_rcu(void);

void sim_irq_work_queue(struct irq_work *work);
void sim_irq_work_sync(struct irq_work *work);
bool sim_irq_work_is_pending(struct irq_work *work);

/* Whether any is queued or runs. */
bool sim_irq_work_busy(void);

/* Waits until none is, if nobody queues any meanwhile. */
void sim_irq_work_drain(void);

/*
 * Drains; what is queued from then on comes when somebody waits for it, and not
 * before.
 */
void sim_irq_work_hold(void);

/*
 * ThreadSanitizer neither reports nor remembers what the calling thread
 * accesses in between; not nested.
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
