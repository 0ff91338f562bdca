/* SPDX-License-Identifier: GPL-2.0 */
/* What the measuring programs here share: the guest's clock, and quiet. */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NS_PER_SEC	1000000000ull

/* In guest instructions: see tests/vm/boot, --icount. */
static inline unsigned long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * NS_PER_SEC + ts.tv_nsec;
}

/* Idle: whoever else has something to do has the processor. */
static inline void settle(unsigned int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000l };

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, &ts) == EINTR)
		;
}

/*
 * Returns just after the kernel's tick, so that what follows has a few million
 * instructions for itself. Where there is no tick, soon enough.
 */
static inline void after_tick(void)
{
	unsigned long long start = now(), last = start, t;

	for (;;) {
		t = now();
		if (t - last > 1000 || t - start > 20000000)
			return;
		last = t;
	}
}

static inline void die(const char *what)
{
	perror(what);
	exit(1);
}

#endif
