// SPDX-License-Identifier: GPL-2.0
#include "command.h"
#include "options.h"
#include "stream.h"

static int log_events(const struct options *options)
{
	return stream_print(options, FEED_OLDEST, false);
}

const struct command command_log = {
	.name		= "log",
	.summary	= "print the events already recorded",
	.help		= "Prints the events that are recorded, oldest first, and ends.\n",
	.options	= OPTIONS_FORMAT | OPTIONS_NAMESPACE |
			  OPTIONS_EVENTS | OPTIONS_TYPES,
	.run		= log_events,
};
