// SPDX-License-Identifier: GPL-2.0
#include "command.h"
#include "options.h"
#include "stream.h"

static int watch(const struct options *options)
{
	return stream_print(options, options->all ? FEED_OLDEST : FEED_NOW, true);
}

const struct command command_watch = {
	.name		= "watch",
	.summary	= "print events as they happen",
	.help		= "Prints events as they happen, until it is interrupted.\n",
	.options	= OPTIONS_FORMAT | OPTIONS_NAMESPACE |
			  OPTIONS_EVENTS | OPTIONS_TYPES | OPTIONS_WATCH,
	.run		= watch,
};
