// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>

#include "cmd/session.h"
#include "command.h"
#include "genl/client.h"
#include "options.h"
#include "output/output.h"
#include "output/stdout.h"

static enum exit_status status(const struct options *options)
{
	struct client *client;
	struct status answer;
	int error;

	client = session_open_unchecked();
	if (!client)
		return EXIT_STATUS_FAILED;
	error = client_status(client, &answer);
	client_close(client);
	if (error)
		return session_failed(error);
	options->format->status(&answer);
	stdout_commit();
	return EXIT_STATUS_DONE;
}

const struct command command_status = {
	.name		= "status",
	.summary	= "print the module's version, probes, parameters and counters",
	.help		=
		"Print the versions of module and kernel, the probed kernel functions, the\n"
		"module's parameters and its counters.\n",
	.options	= OPTIONS_FORMAT,
	.run		= status,
};
