/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_SPINLOCK_H
#define SHIM_SPINLOCK_H

#include <pthread.h>

/* Only readers take it, so a mutex will do, and ThreadSanitizer knows it. */
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
