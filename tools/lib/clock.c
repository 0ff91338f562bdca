// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/decimal.h"

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
	static uint64_t offset, read_ns;
	static bool known;
	uint64_t now, step;

	/* Events come in bursts, and reading a clock may be a system call. */
	if (known && boot_ns - read_ns < NS_PER_SEC)
		return boot_ns + offset;
	read_ns = boot_ns;

	/*
	 * Two clocks cannot be read at once, so their difference jitters. Keep
	 * the first difference until the clock is set: then times of day are
	 * exactly as far apart as the events were.
	 */
	now = clock_ns(CLOCK_REALTIME) - clock_boot_ns();
	step = now > offset ? now - offset : offset - now;
	if (!known || step > NS_PER_MS) {
		offset = now;
		known = true;
	}
	return boot_ns + offset;
}

uint64_t clock_tick_ns(void)
{
	static uint64_t tick_ns;
	long ticks;

	if (!tick_ns) {
		ticks = sysconf(_SC_CLK_TCK);
		tick_ns = NS_PER_SEC / (uint64_t)(ticks > 0 ? ticks : 100);
	}
	return tick_ns;
}

void clock_rfc3339(uint64_t real_ns, char text[CLOCK_RFC3339_SIZE])
{
	static char date[24];
	static size_t len;
	static time_t formatted = -1;
	time_t seconds = (time_t)(real_ns / NS_PER_SEC);
	struct tm tm;

	if (seconds != formatted) {
		len = 0;
		if (gmtime_r(&seconds, &tm))
			len = strftime(date, sizeof(date),
				       "%Y-%m-%dT%H:%M:%S.", &tm);
		formatted = seconds;
	}
	memcpy(text, date, len);
	decimal_zeros(real_ns % NS_PER_SEC, 9, text + len);
	memcpy(text + len + 9, "Z", 2);
}
