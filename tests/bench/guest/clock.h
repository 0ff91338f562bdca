/* SPDX-License-Identifier: GPL-2.0 */
/* Shared by the measuring programs: the guest's clock, and waiting. */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NS_PER_SEC	1000000000ull

/* Returns guest instructions: see tests/vm/boot, --icount. */
static inline unsigned long long now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
	return ts.tv_sec * NS_PER_SEC + ts.tv_nsec;
}

/* Sleeps, so that other processes can finish what they have to do. */
static inline void settle(unsigned int ms)
{
	struct timespec ts = { ms / 1000, ms % 1000 * 1000000l };

	while (clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, &ts) == EINTR)
		;
}

/*
 * Returns just after the kernel's tick, so that the next few million instructions
 * are not interrupted by one. Gives up after 20 ms without a tick.
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
