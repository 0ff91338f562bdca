// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stddef.h>

#include "cmd/session.h"
#include "command.h"
#include "explain/overview.h"
#include "genl/client.h"
#include "options.h"
#include "output/output.h"
#include "output/stdout.h"

/* Keeps the rows that pass. */
static void keep_passing(const struct filter *filter,
			 struct overview *overview)
{
	const struct overview_row *row = overview->rows;
	size_t i, kept = 0;

	for (i = 0; i < overview->count; i++, row++)
		if (filter_passes_place(filter, row->pidns,
					row->container.id[0] ?
						&row->container : NULL))
			overview->rows[kept++] = *row;
	overview->count = kept;
}

static enum exit_status list_with(struct client *client,
				  const struct options *options)
{
	enum exit_status status = EXIT_STATUS_FAILED;
	struct overview overview = { .count = 0 };
	int error;

	error = overview_read(client, options->all, &overview);
	if (error == -EAGAIN) {
		error_print_of("list", "it changes too fast: try again");
	} else if (error) {
		session_failed(error);
	} else {
		keep_passing(&options->filter, &overview);
		options->format->list(&overview);
		stdout_commit();
		session_unread("list");
		status = EXIT_STATUS_DONE;
	}
	overview_free(&overview);
	return status;
}

static enum exit_status list(const struct options *options)
{
	enum exit_status status;
	struct client *client;

	if (!options->format->list) {
		error_print_of("list", "--format: text or json");
		return EXIT_STATUS_USAGE;
	}
	if (!session_in_initial_pidns("list") ||
	    !session_open_or_warn("who was sent a signal is", true,
				  &client))
		return EXIT_STATUS_FAILED;
	status = list_with(client, options);
	client_close(client);
	return status;
}

const struct command command_list = {
	.name		= "list",
	.summary	= "print the containers that live, and their trouble",
	.help		=
		"Print the containers that live: main process, state, number of processes and\n"
		"zombies, verdict, and what will go wrong when the container is stopped.\n",
	.options	= OPTIONS_FORMAT | OPTIONS_NAMESPACE | OPTIONS_LIST | OPTIONS_WORKER,
	.run		= list,
};
