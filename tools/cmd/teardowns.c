// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>

#include "cmd/session.h"
#include "command.h"
#include "explain/teardowns-seen.h"
#include "genl/client.h"
#include "genl/teardown.h"
#include "options.h"
#include "output/output.h"
#include "output/stdout.h"

static void print(const struct options *options,
		  const struct teardowns *running)
{
	const struct teardown *teardown = running->teardown;
	const struct teardown *end = teardown + running->count;
	const struct container *container;
	struct container found;

	for (; teardown < end; teardown++) {
		container = teardown_container(teardown, &found);
		if (!filter_passes_teardown(&options->filter, teardown,
					    container))
			continue;
		options->format->teardown(teardown, container);
		if (!stdout_commit())
			return;
	}
}

static enum exit_status teardowns(const struct options *options)
{
	struct teardowns running = { .count = 0 };
	struct client *client;
	int error;

	if (!session_open_or_warn("since when and what it killed is", true,
				  &client))
		return EXIT_STATUS_FAILED;
	if (!client && !session_in_initial_pidns("teardowns"))
		return EXIT_STATUS_FAILED;
	error = client ? client_teardowns(client, &running) :
			 teardowns_seen(&running);
	client_close(client);
	if (!error) {
		teardowns_sort(&running);
		print(options, &running);
		session_unread("teardowns");
	}
	teardowns_free(&running);
	return error ? session_failed(error) : EXIT_STATUS_DONE;
}

const struct command command_teardowns = {
	.name		= "teardowns",
	.summary	= "print running teardowns and what holds them",
	.help		=
		"Print the pid namespaces in teardown, each with its remaining processes\n"
		"and what holds them.\n",
	.options	= OPTIONS_FORMAT | OPTIONS_NAMESPACE | OPTIONS_WORKER,
	.run		= teardowns,
};
