// SPDX-License-Identifier: GPL-2.0
#include "cmd/event-loop.h"
#include "command.h"
#include "options.h"
#include "output/output.h"
#include "output/stdout.h"
#include "proc/names-cache.h"
#include "proc/snapshot.h"

static void print_heading(struct event_sink *sink, const struct status *status)
{
	(void)status;
	if (sink->options->format->begin)
		sink->options->format->begin();
}

static int print_event(struct event_sink *sink, const struct event *event,
		       const struct container *container)
{
	sink->options->format->event(event, container);
	return stdout_commit() && sink->count != sink->options->count;
}

static enum exit_status print_events(const struct options *options,
				     enum source_start start, bool follow)
{
	struct event_sink sink = {
		.options = options,
		.begin = print_heading,
		.event = print_event,
	};

	return event_loop_run(&sink, start, follow);
}

/* Keeps the names of the containers that live already, too. */
static void keep_names(void)
{
	struct snapshot snapshot;

	names_keep();
	if (snapshot_read(&snapshot))
		return;
	names_find_tasks(snapshot.list, snapshot.count);
	snapshot_free(&snapshot);
	names_flush();
}

static enum exit_status watch(const struct options *options)
{
	if (options->keep_names)
		keep_names();
	return print_events(options, options->all ? SOURCE_OLDEST : SOURCE_NOW,
			    true);
}

const struct command command_watch = {
	.name		= "watch",
	.summary	= "print events as they happen",
	.help		= "Print events as they happen, until interrupted.\n",
	.options	= OPTIONS_FORMAT | OPTIONS_NAMESPACE |
			  OPTIONS_EVENTS | OPTIONS_SINCE | OPTIONS_TYPES |
			  OPTIONS_WATCH | OPTIONS_KEEP,
	.run		= watch,
};

static enum exit_status log_events(const struct options *options)
{
	return print_events(options, SOURCE_OLDEST, false);
}

const struct command command_log = {
	.name		= "log",
	.summary	= "print the recorded events",
	.help		= "Print the recorded events, oldest first, and exit.\n",
	.options	= OPTIONS_FORMAT | OPTIONS_NAMESPACE |
			  OPTIONS_EVENTS | OPTIONS_SINCE | OPTIONS_UNTIL |
			  OPTIONS_TYPES,
	.run		= log_events,
};
