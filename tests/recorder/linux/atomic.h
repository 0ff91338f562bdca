/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel's atomics, exactly as strong as Documentation/atomic_t.txt says:
 * operations without a return value are relaxed; a cmpxchg that succeeds is a
 * full barrier before and after, one that fails orders nothing. ThreadSanitizer
 * takes the orders as they are written, and does not know fences.
 *
 * At each of them sim.c may let other threads go first, or interrupt.
 */
#ifndef SHIM_ATOMIC_H
#define SHIM_ATOMIC_H

#include <linux/kernel.h>
#include <linux/types.h>

#include "sim.h"

#define READ_ONCE(x)	__atomic_load_n(&(x), __ATOMIC_RELAXED)

static inline void smp_mb(void)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	sim_point();
}

static inline void smp_rmb(void)
{
	sim_point();
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
}

static inline s64 atomic64_read(const atomic64_t *v)
{
	s64 value = __atomic_load_n(&v->counter, __ATOMIC_RELAXED);

	sim_point();
	return value;
}

static inline s64 atomic64_read_acquire(const atomic64_t *v)
{
	s64 value = __atomic_load_n(&v->counter, __ATOMIC_ACQUIRE);

	sim_point();
	return value;
}

static inline void atomic64_set(atomic64_t *v, s64 value)
{
	__atomic_store_n(&v->counter, value, __ATOMIC_RELAXED);
	sim_point();
}

static inline void atomic64_set_release(atomic64_t *v, s64 value)
{
	__atomic_store_n(&v->counter, value, __ATOMIC_RELEASE);
	sim_point();
}

static inline void atomic64_inc(atomic64_t *v)
{
	__atomic_fetch_add(&v->counter, 1, __ATOMIC_RELAXED);
	sim_point();
}

static inline s64 atomic64_fetch_add_relaxed(s64 i, atomic64_t *v)
{
	s64 value = __atomic_fetch_add(&v->counter, i, __ATOMIC_RELAXED);

	sim_drawn(value);
	sim_point();
	return value;
}

static inline bool atomic64_try_cmpxchg(atomic64_t *v, s64 *old, s64 new)
{
	bool done = __atomic_compare_exchange_n(&v->counter, old, new, false,
						__ATOMIC_SEQ_CST,
						__ATOMIC_RELAXED);

	if (done)
		__atomic_thread_fence(__ATOMIC_SEQ_CST);
	sim_point();
	return done;
}

/* For a mutant in tests/recorder/mutants. */
static inline bool atomic64_try_cmpxchg_relaxed(atomic64_t *v, s64 *old,
						s64 new)
{
	bool done = __atomic_compare_exchange_n(&v->counter, old, new, false,
						__ATOMIC_RELAXED,
						__ATOMIC_RELAXED);

	sim_point();
	return done;
}

/* An intended race, which ThreadSanitizer must not report. */
#define data_race(expr)			\
do {					\
	sim_point();			\
	sim_race_begin();		\
	expr;				\
	sim_race_end();			\
	sim_point();			\
} while (0)

#endif
