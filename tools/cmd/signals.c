// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>

#include "genl/client.h"
#include "lib/clock.h"
#include "command.h"
#include "lib/error.h"
#include "options.h"
#include "output/stdout.h"
#include "output/output.h"
#include "cmd/event-loop.h"
#include "genl/signal-count.h"

/* From one output of what changed to the next. */
#define INTERVAL_NS	NS_PER_SEC

/* The last output, after SIGINT, waits no longer than this for who reads it. */
#define PATIENCE_MS	2000

struct counting {
	struct event_sink sink;	/* first: a sink is one of these */
	struct signal_counts counts;
	uint64_t printed_ns;	/* since boot; 0: not yet */
	bool off;		/* no signals are recorded */
};

static struct counting *counting_of(struct event_sink *sink)
{
	return (struct counting *)sink;
}

static void begin(struct event_sink *sink, const struct status *status)
{
	counting_of(sink)->off = status->signals == NSORPHAN_SIGNALS_OFF;
	if (counting_of(sink)->off)
		error_print_of("signals",
			   "the module records no signals: to switch that on, echo namespaced >/sys/module/nsorphan/parameters/signals");
}

static int count_lost(struct counting *counting, const struct event *event)
{
	const struct output_format *format = counting->sink.options->format;

	counting->counts.lost += event->count;
	if (format->lost)
		format->lost(event);
	return stdout_commit();
}

static int count_event(struct event_sink *sink, const struct event *event,
		       const char *container)
{
	struct counting *counting = counting_of(sink);
	const struct options *options = sink->options;
	uint64_t now;
	int error;

	if (event->type == EVENT_LOST)
		return count_lost(counting, event);
	error = signal_counts_add(&counting->counts, event, container);
	if (error)
		return error;
	if (options->follow && !sink->timer_ns) {
		now = clock_boot_ns();
		sink->timer_ns = counting->printed_ns + INTERVAL_NS;
		if (!counting->printed_ns || sink->timer_ns < now)
			sink->timer_ns = now;
	}
	return counting->counts.signals != options->count;
}

static int print_changed(struct event_sink *sink)
{
	struct counting *counting = counting_of(sink);

	signal_counts_sort(&counting->counts);
	sink->options->format->signals(&counting->counts, false);
	signal_counts_printed(&counting->counts);
	counting->printed_ns = clock_boot_ns();
	return stdout_commit() && stdout_flush();
}

static void print_all(struct event_sink *sink)
{
	struct counting *counting = counting_of(sink);
	const struct signal_counts *counts = &counting->counts;

	if (sink->options->follow)
		stdout_resume(PATIENCE_MS);
	signal_counts_sort(&counting->counts);
	sink->options->format->signals(counts, true);
	stdout_commit();
	stdout_flush();
	if (counts->lost)
		error_print_of("signals",
			   "%llu %s lost, and signals among them are not counted",
			   (unsigned long long)counts->lost,
			   counts->lost == 1 ? "event is" : "events are");
	if (counts->full)
		error_print_of("signals",
			   "there are more than %d different rows: others are counted together",
			   SIGNAL_COUNT_ROWS_MAX);
}

static enum exit_status signals(const struct options *given)
{
	struct options options = *given;
	struct counting counting = {
		.sink = {
			.options = &options,
			.begin = begin,
			.event = count_event,
			.timer = print_changed,
			.end = print_all,
		},
	};
	bool recorded = !options.follow || options.all;
	enum exit_status status;

	options.filter.types = 1U << NSORPHAN_EVENT_TYPE_SIGNAL;
	/* From the first event on: those that are gone are to be told. */
	if (recorded && !options.has_since) {
		options.has_since = true;
		options.since = 1;
	}
	status = event_loop_run(&counting.sink, SOURCE_NOW, options.follow);
	if (counting.off && !options.follow && !counting.counts.signals)
		status = EXIT_STATUS_FAILED;
	signal_counts_free(&counting.counts);
	return status;
}

const struct command command_signals = {
	.name		= "signals",
	.summary	= "count who signalled whom",
	.help		= "Counts the signals that are recorded, by signal, result, sender and\n"
			  "target; with --follow those from now on, until it is interrupted.\n",
	.options	= OPTIONS_FORMAT | OPTIONS_NAMESPACE | OPTIONS_EVENTS |
			  OPTIONS_WATCH | OPTIONS_FOLLOW,
	.run		= signals,
};
