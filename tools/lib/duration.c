// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>

#include "lib/clock.h"
#include "lib/duration.h"

static void write_tenths(uint64_t ns, uint64_t unit_ns, const char *unit,
			 char text[DURATION_SIZE])
{
	snprintf(text, DURATION_SIZE, "%llu.%llu %s",
		 (unsigned long long)(ns / unit_ns),
		 (unsigned long long)(ns % unit_ns / (unit_ns / 10)), unit);
}

const char *duration_text(uint64_t ns, char text[DURATION_SIZE])
{
	unsigned long long seconds = ns / NS_PER_SEC;
	unsigned long long minutes = seconds / 60;

	if (ns < 1000)
		snprintf(text, DURATION_SIZE, "%llu ns",
			 (unsigned long long)ns);
	else if (ns < NS_PER_MS)
		write_tenths(ns, 1000, "us", text);
	else if (ns < NS_PER_SEC)
		write_tenths(ns, NS_PER_MS, "ms", text);
	else if (minutes < 2)
		write_tenths(ns, NS_PER_SEC, "s", text);
	else if (minutes < 120)
		snprintf(text, DURATION_SIZE, "%llu min %llu s", minutes,
			 seconds % 60);
	else
		snprintf(text, DURATION_SIZE, "%llu h %llu min", minutes / 60,
			 minutes % 60);
	return text;
}
