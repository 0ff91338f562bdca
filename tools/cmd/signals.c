// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>

#include "cmd/event-loop.h"
#include "command.h"
#include "genl/client.h"
#include "genl/signal-count.h"
#include "lib/clock.h"
#include "lib/error.h"
#include "lib/util.h"
#include "options.h"
#include "output/output.h"
#include "output/stdout.h"

/* Minimum time between two outputs of --follow. */
#define INTERVAL_NS	NS_PER_SEC

/* After SIGINT, limit of each wait for the reader of the output. */
#define END_TIMEOUT_MS	2000

/* An event sink that counts signals. */
struct counter {
	struct event_sink sink;
	struct signal_counts counts;
	uint64_t printed_ns;		/* since boot; 0: never */
	bool off;			/* the module records no signals */
};

static struct counter *to_counter(struct event_sink *sink)
{
	return container_of(sink, struct counter, sink);
}

static void begin(struct event_sink *sink, const struct status *status)
{
	struct counter *counter = to_counter(sink);

	counter->off = status->signals == NSORPHAN_SIGNALS_OFF;
	if (counter->off)
		error_print_of("signals",
			       "the module records no signals; to record them: echo contained >/sys/module/nsorphan/parameters/signals");
}

static int count_lost(struct counter *counter, const struct event *event)
{
	const struct output_format *format = counter->sink.options->format;

	counter->counts.lost += event->count;
	if (format->lost)
		format->lost(event);
	return stdout_commit();
}

/* Sets the timer for the next output: now, or an interval after the last. */
static void set_timer(struct counter *counter)
{
	uint64_t now = clock_boot_ns();
	uint64_t next = counter->printed_ns + INTERVAL_NS;

	counter->sink.timer_ns = counter->printed_ns && next > now ? next : now;
}

static int count_event(struct event_sink *sink, const struct event *event,
		       const struct container *container)
{
	struct counter *counter = to_counter(sink);
	int error;

	if (event->type == EVENT_LOST)
		return count_lost(counter, event);
	error = signal_counts_add(&counter->counts, event, container);
	if (error)
		return error;
	if (sink->options->follow && !sink->timer_ns)
		set_timer(counter);
	return counter->counts.signals != sink->options->count;
}

static int print_changed(struct event_sink *sink)
{
	struct counter *counter = to_counter(sink);

	signal_counts_sort(&counter->counts);
	sink->options->format->signals(&counter->counts, false);
	signal_counts_printed(&counter->counts);
	counter->printed_ns = clock_boot_ns();
	return stdout_commit() && stdout_flush();
}

static void print_all(struct event_sink *sink)
{
	struct counter *counter = to_counter(sink);
	const struct signal_counts *counts = &counter->counts;

	if (sink->options->follow)
		stdout_resume(END_TIMEOUT_MS);
	signal_counts_sort(&counter->counts);
	sink->options->format->signals(counts, true);
	stdout_commit();
	stdout_flush();
	if (counts->lost)
		error_print_of("signals",
			       "%llu %s lost; signals among them are not counted",
			       (unsigned long long)counts->lost,
			       counts->lost == 1 ? "event was" : "events were");
	if (counts->full)
		error_print_of("signals",
			       "more than %d rows: further signals are counted as between 'others'",
			       SIGNAL_COUNT_ROWS_MAX);
}

static enum exit_status signals(const struct options *given)
{
	struct options options = *given;
	struct counter counter = {
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
	/* From event 1 on, so that overwritten events are reported lost. */
	if (recorded && !options.has_since) {
		options.has_since = true;
		options.since = 1;
	}
	status = event_loop_run(&counter.sink, SOURCE_NOW, options.follow);
	if (counter.off && !options.follow && !counter.counts.signals)
		status = EXIT_STATUS_FAILED;
	signal_counts_free(&counter.counts);
	return status;
}

const struct command command_signals = {
	.name		= "signals",
	.summary	= "count signals by sender and target",
	.help		=
		"Count recorded signals by signal, result, sender and target. With --follow,\n"
		"count new signals until interrupted, and print what changed every second.\n",
	.options	= OPTIONS_FORMAT | OPTIONS_NAMESPACE | OPTIONS_EVENTS |
			  OPTIONS_SINCE | OPTIONS_UNTIL | OPTIONS_WATCH |
			  OPTIONS_FOLLOW,
	.run		= signals,
};
