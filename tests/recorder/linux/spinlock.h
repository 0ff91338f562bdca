/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_SPINLOCK_H
#define SHIM_SPINLOCK_H

#include <pthread.h>

/* Among readers only, so one that sleeps does, and ThreadSanitizer knows it. */
#define DEFINE_SPINLOCK(name) \
	pthread_mutex_t name = PTHREAD_MUTEX_INITIALIZER

static inline void spin_lock(pthread_mutex_t *lock)
{
	pthread_mutex_lock(lock);
}

static inline void spin_unlock(pthread_mutex_t *lock)
{
	pthread_mutex_unlock(lock);
}

#endif
