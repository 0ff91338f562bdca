// SPDX-License-Identifier: GPL-2.0
/*
 * Prints for each argument:
 *   PID        the last signal that this process was sent
 *   PIDNS:SEQ  how many signals to a process of this pid namespace are recorded
 *              that came after event SEQ; -PIDNS: to one in a container
 *   PIDNS@NS   the same since the process was started, NS after boot
 */
#include <stdio.h>
#include <stdlib.h>

#include "explain/last-signal.h"
#include "genl/client.h"
#include "genl/history.h"

static void print_coverage(enum signal_coverage coverage)
{
	static const char *const words[] = {
		[COVERAGE_ALL]	= "all",
		[COVERAGE_LATE]	= "late",
		[COVERAGE_SOME]	= "some",
		[COVERAGE_OFF]	= "off",
	};

	puts(words[coverage]);
}

static void print(const struct history *history, const char *argument)
{
	struct process process = { .has = 1 };
	unsigned long long since;
	struct last_signal sent;
	bool contained = *argument == '-';
	char *end;

	argument += contained;
	process.pid = (uint32_t)strtoul(argument, &end, 10);
	process.pidns = process.pid;
	since = *end ? strtoull(end + 1, NULL, 10) : 0;
	if (*end == ':') {
		print_coverage(last_signal_coverage(history, process.pidns,
						    contained, since));
	} else if (*end == '@') {
		process.start_ns = since;
		print_coverage(last_signal_coverage_of(history, &process,
						       contained));
	} else {
		last_signal_find(history, &process, 0, &sent);
		printf("%u of event %llu\n", sent.signal,
		       (unsigned long long)sent.seq);
	}
}

int main(int argc, char **argv)
{
	const struct wanted nobody = { 0 };
	struct history history;
	struct client *client;
	int i;

	if (client_open(&client) || history_read(client, &nobody, &history))
		return 1;
	for (i = 1; i < argc; i++)
		print(&history, argv[i]);
	history_free(&history);
	client_close(client);
	return 0;
}
