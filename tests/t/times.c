// SPDX-License-Identifier: GPL-2.0
/*
 * Prints each argument, a time as people type it, in UTC, "boot" if it is not
 * after that, or "none". AGO=TEXT prints whether TEXT is AGO seconds before now.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd/filter.h"
#include "lib/clock.h"
#include "lib/time-text.h"

static void print_time(unsigned long long boot_ns)
{
	/* The difference of the two clocks is not exact. */
	unsigned long long ns = clock_real_ns(boot_ns) + NS_PER_SEC / 20;
	time_t seconds = (time_t)(ns / NS_PER_SEC);
	char text[40];

	strftime(text, sizeof(text), "%F %T", gmtime(&seconds));
	printf("%s.%u\n", text, (unsigned int)(ns % NS_PER_SEC / 100000000));
}

static void print_ago(const char *argument)
{
	char *text;
	unsigned long long ago_ns = strtoull(argument, &text, 10) * NS_PER_SEC;
	unsigned long long before = clock_boot_ns(), after, boot_ns;
	struct filter filter;

	if (!time_text_parse(text + 1, &filter.since_ns)) {
		puts("none");
		return;
	}
	after = clock_boot_ns();
	boot_ns = filter.since_ns;
	puts(boot_ns + ago_ns + NS_PER_MS >= before &&
	     boot_ns + ago_ns <= after + NS_PER_MS ? "yes" : "no");
}

int main(int argc, char **argv)
{
	struct filter filter;
	int i;

	for (i = 1; i < argc; i++) {
		if (strchr(argv[i], '='))
			print_ago(argv[i]);
		else if (!time_text_parse(argv[i], &filter.since_ns))
			puts("none");
		else if (!filter.since_ns)
			puts("boot");
		else
			print_time(filter.since_ns);
	}
	return 0;
}
