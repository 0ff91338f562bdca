// SPDX-License-Identifier: GPL-2.0
/*
 * Prints what is recorded of signals to a process of a pid namespace, for each
 * argument: PIDNS:SEQ since that event, PIDNS@NS since it was started then; and
 * for PID the last signal that it was sent.
 */
#include <stdio.h>
#include <stdlib.h>

#include "genl/client.h"
#include "genl/history.h"
#include "explain/last-signal.h"

static const char *const words[] = {
	[COVERAGE_ALL] = "all", [COVERAGE_SOME] = "some", [COVERAGE_OFF] = "off",
};

static void tell(const struct history *history, const char *argument)
{
	struct process process = { .has = 1 };
	struct last_signal sent;
	char *end;

	process.pid = (uint32_t)strtoul(argument, &end, 10);
	process.pidns = process.pid;
	if (*end == ':') {
		puts(words[last_signal_coverage(history, process.pidns,
				       strtoull(end + 1, NULL, 10))]);
	} else if (*end == '@') {
		process.start_ns = strtoull(end + 1, NULL, 10);
		puts(words[last_signal_coverage_of(history, &process)]);
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
		tell(&history, argv[i]);
	history_free(&history);
	client_close(client);
	return 0;
}
