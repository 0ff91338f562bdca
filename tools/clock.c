// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "clock.h"

static uint64_t clock_ns(clockid_t id)
{
	struct timespec ts;

	clock_gettime(id, &ts);
	return (uint64_t)ts.tv_sec * NS_PER_SEC + (uint64_t)ts.tv_nsec;
}

uint64_t clock_boot_ns(void)
{
	return clock_ns(CLOCK_BOOTTIME);
}

uint64_t clock_real_ns(uint64_t boot_ns)
{
	static uint64_t offset;
	static bool known;
	uint64_t now, step;

	/*
	 * Two clocks cannot be read at once. Keeping the first difference
	 * until somebody sets the clock makes times of day as far apart as
	 * the events were.
	 */
	now = clock_ns(CLOCK_REALTIME) - clock_boot_ns();
	step = now > offset ? now - offset : offset - now;
	if (!known || step > NS_PER_MS) {
		offset = now;
		known = true;
	}
	return boot_ns + offset;
}

void clock_rfc3339(uint64_t real_ns, char text[CLOCK_RFC3339_SIZE])
{
	time_t seconds = (time_t)(real_ns / NS_PER_SEC);
	char date[24] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm))
		strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text, CLOCK_RFC3339_SIZE, "%s.%09uZ", date,
		 (unsigned int)(real_ns % NS_PER_SEC));
}
