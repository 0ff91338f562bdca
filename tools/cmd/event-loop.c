// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>

#include "cmd/event-loop.h"
#include "cmd/session.h"
#include "genl/client.h"
#include "lib/clock.h"
#include "lib/error.h"
#include "lib/poll.h"
#include "options.h"
#include "output/stdout.h"
#include "proc/container.h"
#include "proc/names-cache.h"
#include "proc/procfs.h"

/* Polls for signals and the timer while events arrive without a pause. */
#define EVENTS_PER_POLL	64

/* Lists the probes with missed hits, " (SYMBOL: 1, SYMBOL: 2)"; or nothing. */
static void list_missed(const struct status *status, char *list, size_t size)
{
	const struct probe *probe = status->probes;
	const struct probe *end = probe + status->nr_probes;
	size_t len = 0;

	list[0] = '\0';
	for (; probe < end; probe++)
		if (probe->missed)
			len += (size_t)snprintf(list + len, size - len,
						"%s%s: %llu",
						len ? ", " : " (", probe->symbol,
						(unsigned long long)probe->missed);
	if (len)
		snprintf(list + len, size - len, ")");
}

static void warn_missed(const struct status *status)
{
	char probes[PROBES_MAX * (sizeof(status->probes[0].symbol) + 24) + 2];
	unsigned long long missed = status->missed;

	list_missed(status, probes, sizeof(probes));
	error_print("the kernel missed %llu probe %s%s: some events are missing; "
		    "see 'nsorphan status'",
		    missed, missed == 1 ? "hit" : "hits", probes);
}

static void warn_mismatched(const struct status *status)
{
	unsigned long long mismatched = status->mismatched;

	error_print("the two hooks disagreed on %llu %s: events may be wrong; "
		    "see 'nsorphan status'",
		    mismatched, mismatched == 1 ? "reparenting" : "reparentings");
}

/* Warns once of each. */
static void check_status(const struct status *status)
{
	static bool warned_missed, warned_mismatched;

	session_warn_blind(status);
	if (status->missed && !warned_missed) {
		warned_missed = true;
		warn_missed(status);
	}
	if (status->mismatched && !warned_mismatched) {
		warned_mismatched = true;
		warn_mismatched(status);
	}
}

static int run_timer(struct event_sink *sink)
{
	if (!sink->timer_ns || clock_boot_ns() < sink->timer_ns)
		return 1;
	sink->timer_ns = 0;
	return sink->timer(sink);
}

/* Round up, so that poll() never returns before the timer is due. */
static int timer_ms(const struct event_sink *sink)
{
	uint64_t now = clock_boot_ns();

	if (!sink->timer_ns)
		return -1;
	if (sink->timer_ns <= now)
		return 0;
	return (int)((sink->timer_ns - now + NS_PER_MS - 1) / NS_PER_MS);
}

/* Returns 1 to go on, 0 to end the loop, or a negative errno. */
static int wait_for_events(struct event_source *source, struct event_sink *sink)
{
	int fd = event_source_fd(source);
	int result;

	result = run_timer(sink);
	if (result <= 0)
		return result;
	names_flush();
	return stdout_flush() && stdout_wait_input(fd, timer_ms(sink));
}

static int pass_lost(struct event_sink *sink)
{
	struct event lost = sink->lost;

	sink->lost.count = 0;
	/* What was lost after the last event may have been in time, too. */
	if (sink->options->filter.has_until &&
	    sink->last_ns > sink->options->filter.until_ns)
		return 1;
	sink->count++;
	return sink->event(sink, &lost, NULL);
}

static int pass_filtered(struct event_sink *sink, const struct event *event)
{
	const struct container *container;
	struct container found;

	/*
	 * Names are looked up even where the filter hides the event: they are
	 * cached when the container, and the files that have them, are gone.
	 */
	container = event_container(event, &found);
	if (!filter_passes(&sink->options->filter, event, container))
		return 1;
	sink->count++;
	return sink->event(sink, event, container);
}

/*
 * What was lost lies between the event before and the one after: it is held back
 * until that one shows whether it may have been in time.
 */
static int pass_event(struct event_sink *sink, const struct event *event)
{
	const struct filter *filter = &sink->options->filter;
	int result = 1;

	if (event->type == EVENT_LOST && (filter->since_ns || filter->has_until)) {
		if (sink->lost.count)
			result = pass_lost(sink);
		sink->lost = *event;
		return result;
	}
	if (sink->lost.count && event->boot_ns >= filter->since_ns)
		result = pass_lost(sink);
	sink->lost.count = 0;
	if (event->type != EVENT_LOST)
		sink->last_ns = event->boot_ns;
	if (result <= 0 || (event->type != EVENT_LOST &&
			    !filter_passes_time(filter, event->boot_ns)))
		return result;
	return pass_filtered(sink, event);
}

/* Returns 1 to go on, 0 to end the loop, or a negative errno. */
static int read_event(struct event_source *source, struct event_sink *sink)
{
	struct event event;
	int result;

	result = event_source_next(source, &event);
	switch (result) {
	case SOURCE_EVENT:
		return pass_event(sink, &event);
	case SOURCE_STATUS:
		check_status(event_source_status(source));
		return 1;
	case SOURCE_IDLE:
		result = sink->lost.count ? pass_lost(sink) : 1;
		return result > 0 ? wait_for_events(source, sink) : result;
	case SOURCE_END:
		return sink->lost.count ? pass_lost(sink) : 0;
	default:
		return result;
	}
}

/* Returns 0 at the end of the loop, or a negative errno. */
static int read_events(struct event_source *source, struct event_sink *sink)
{
	unsigned int reads = 0;
	int result;

	do {
		result = read_event(source, sink);
		if (result > 0 && ++reads % EVENTS_PER_POLL == 0)
			result = poll_wait(NULL, 0, 0) < 0 ? 0 : run_timer(sink);
	} while (result > 0);
	return result;
}

/* Whether --pid names a process that does not exist; prints that. */
static bool is_pid_missing(const struct options *options)
{
	if (!options->filter.pid || !procfs_gone(options->filter.pid))
		return false;
	error_print("there is no process %u", options->filter.pid);
	return true;
}

enum exit_status event_loop_run(struct event_sink *sink,
				enum source_start start, bool follow)
{
	const struct options *options = sink->options;
	struct event_source *source;
	struct client *client;
	int error;

	if (options->has_since)
		start = SOURCE_SINCE;
	client = session_open_unchecked();
	if (!client)
		return EXIT_STATUS_FAILED;
	if (start == SOURCE_NOW && is_pid_missing(options)) {
		client_close(client);
		return EXIT_STATUS_FAILED;
	}
	if (options->rcvbuf)
		client_set_rcvbuf(client, (int)options->rcvbuf);
	error = event_source_open(&source, client, start, options->since, follow);
	if (error)
		goto err_close;
	check_status(event_source_status(source));

	sink->begin(sink, event_source_status(source));
	error = stdout_commit() ? read_events(source, sink) : 0;
	if (sink->end)
		sink->end(sink);
	names_flush();
	event_source_close(source);
	client_close(client);
	/* Recorded events may have been of a process that is gone. */
	if (!error && !follow && !sink->count && is_pid_missing(options))
		return EXIT_STATUS_FAILED;
	if (!error || error == -EINTR)
		return EXIT_STATUS_DONE;
	/* Events come before the message that there are no more. */
	stdout_flush();
	if (error != -ENODEV)
		return session_failed(error);
	error_print("the module was unloaded");
	return EXIT_STATUS_FAILED;

err_close:
	client_close(client);
	return error == -EINTR ? EXIT_STATUS_DONE : session_failed(error);
}
