// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>

#include "genl/client.h"
#include "command.h"
#include "lib/error.h"
#include "options.h"
#include "output/stdout.h"
#include "output/output.h"

static enum exit_status status(const struct options *options)
{
	struct client *client = NULL;
	struct status answer;
	int error;

	error = client_open(&client);
	if (!error)
		error = client_status(client, &answer);
	if (error) {
		client_perror(error);
	} else {
		options->format->status(&answer);
		stdout_commit();
	}
	client_close(client);
	return error ? EXIT_STATUS_FAILED : EXIT_STATUS_DONE;
}

const struct command command_status = {
	.name		= "status",
	.summary	= "print the state of the module, its probes and its counters",
	.help		= "Prints what the module watches, records and counts.\n",
	.options	= OPTIONS_FORMAT,
	.run		= status,
};
