// SPDX-License-Identifier: GPL-2.0
#include "command.h"
#include "options.h"
#include "cmd/event-loop.h"

static enum exit_status watch(const struct options *options)
{
	return event_loop_print(options, options->all ? SOURCE_OLDEST : SOURCE_NOW, true);
}

const struct command command_watch = {
	.name		= "watch",
	.summary	= "print events as they happen",
	.help		= "Prints events as they happen, until it is interrupted.\n",
	.options	= OPTIONS_FORMAT | OPTIONS_NAMESPACE |
			  OPTIONS_EVENTS | OPTIONS_TYPES | OPTIONS_WATCH,
	.run		= watch,
};

static enum exit_status log_events(const struct options *options)
{
	return event_loop_print(options, SOURCE_OLDEST, false);
}

const struct command command_log = {
	.name		= "log",
	.summary	= "print the events already recorded",
	.help		= "Prints the events that are recorded, oldest first, and ends.\n",
	.options	= OPTIONS_FORMAT | OPTIONS_NAMESPACE |
			  OPTIONS_EVENTS | OPTIONS_TYPES,
	.run		= log_events,
};
