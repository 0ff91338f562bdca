// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>

#include "genl/client.h"
#include "lib/clock.h"
#include "proc/container.h"
#include "lib/error.h"
#include "options.h"
#include "output/stdout.h"
#include "output/output.h"
#include "proc/procfs.h"
#include "cmd/event-loop.h"
#include "cmd/session.h"
#include "lib/poll.h"

/* Between two looks for signals while events come without a pause. */
#define EVENTS_A_LOOK	64

static bool said_missed, said_mismatched;

/* " (SYMBOL: 1, SYMBOL: 2)", or nothing where no probe says that it is one. */
static void list_missed(const struct status *status, char *list, size_t size)
{
	size_t len = 0;
	unsigned int i;

	list[0] = '\0';
	for (i = 0; i < status->nr_probes; i++) {
		const struct probe *probe = &status->probes[i];

		if (probe->missed)
			len += (size_t)snprintf(list + len, size - len,
						"%s%s: %llu",
						len ? ", " : " (", probe->symbol,
						(unsigned long long)probe->missed);
	}
	if (len)
		snprintf(list + len, size - len, ")");
}

static void warn_missed(const struct status *status)
{
	char probes[PROBES_MAX * (sizeof(status->probes[0].symbol) + 24) + 2];
	unsigned long long missed = status->missed;

	list_missed(status, probes, sizeof(probes));
	error_print("the kernel missed %llu probe %s%s: events are lacking; see nsorphan status",
		missed, missed == 1 ? "hit" : "hits", probes);
}

static void warn_mismatched(const struct status *status)
{
	unsigned long long mismatched = status->mismatched;

	error_print("the two ways in disagreed on %llu %s: events may be wrong; see nsorphan status",
		mismatched, mismatched == 1 ? "adoption" : "adoptions");
}

static void warn_of_status(const struct status *status)
{
	if (status->missed && !said_missed) {
		said_missed = true;
		warn_missed(status);
	}
	if (status->mismatched && !said_mismatched) {
		said_mismatched = true;
		warn_mismatched(status);
	}
}

/* 1, or what due() returned where it was time for it. */
static int look_at_clock(struct sink *sink)
{
	if (!sink->due_ns || clock_boot_ns() < sink->due_ns)
		return 1;
	sink->due_ns = 0;
	return sink->due(sink);
}

static int ms_till_due(const struct sink *sink)
{
	uint64_t now = clock_boot_ns();

	if (!sink->due_ns)
		return -1;
	if (sink->due_ns <= now)
		return 0;
	return (int)((sink->due_ns - now + NS_PER_MS - 1) / NS_PER_MS);
}

/* Returns 0 when it is over, or a negative errno. */
static int read_events(struct event_source *source, struct sink *sink)
{
	uint64_t seen = 0;
	char id[CONTAINER_SIZE];
	const char *container;
	struct event event;
	int result;

	for (;;) {
		result = event_source_next(source, &event);
		if (result == SOURCE_END)
			return 0;
		if (result == SOURCE_IDLE) {
			result = look_at_clock(sink);
			if (result <= 0)
				return result;
			if (!stdout_flush() || !stdout_wait_input(event_source_fd(source),
							    ms_till_due(sink)))
				return 0;
			continue;
		}
		if (result == SOURCE_STATUS) {
			warn_of_status(event_source_status(source));
			continue;
		}
		if (result != SOURCE_EVENT)
			return result;
		if (++seen % EVENTS_A_LOOK == 0) {
			if (poll_wait(NULL, 0, 0) < 0)
				return 0;
			result = look_at_clock(sink);
			if (result <= 0)
				return result;
		}

		/*
		 * Before the filter, though it may hide the event: a container
		 * that was looked up once is known when it is gone.
		 */
		container = event_container(&event, id);
		if (!filter_passes(&sink->options->filter, &event, container))
			continue;
		sink->taken++;
		result = sink->event(sink, &event, container);
		if (result <= 0)
			return result;
	}
}

/*
 * Of a process that does not exist nothing comes; of one that did, something
 * may be recorded.
 */
static enum exit_status no_process(const struct options *options)
{
	if (!options->filter.pid || !procfs_gone(options->filter.pid))
		return EXIT_STATUS_DONE;
	error_print("there is no process %u", options->filter.pid);
	return EXIT_STATUS_FAILED;
}

enum exit_status event_loop_run(struct sink *sink, enum source_start start, bool follow)
{
	const struct options *options = sink->options;
	struct client *client;
	struct event_source *source;
	int error;

	if (options->has_since)
		start = SOURCE_SINCE;
	client = session_open();
	if (!client)
		return EXIT_STATUS_FAILED;
	if (start == SOURCE_NOW && no_process(options)) {
		client_close(client);
		return EXIT_STATUS_FAILED;
	}
	if (options->rcvbuf)
		client_set_rcvbuf(client, (int)options->rcvbuf);
	error = event_source_open(&source, client, start, options->since, follow);
	if (error)
		goto err_close;
	warn_of_status(event_source_status(source));

	sink->begin(sink, event_source_status(source));
	error = stdout_commit() ? read_events(source, sink) : 0;
	if (sink->end)
		sink->end(sink);
	event_source_close(source);
	client_close(client);
	if (!error && !follow && !sink->taken)
		return no_process(options);
	if (!error || error == -EINTR)
		return EXIT_STATUS_DONE;
	/* What was seen before comes out before the news that it is over. */
	stdout_flush();
	if (error != -ENODEV)
		return session_failed(error);
	error_print("the module was unloaded");
	return EXIT_STATUS_FAILED;

err_close:
	client_close(client);
	return error == -EINTR ? EXIT_STATUS_DONE : session_failed(error);
}

static void begin_printing(struct sink *sink, const struct status *status)
{
	(void)status;
	if (sink->options->format->begin)
		sink->options->format->begin();
}

static int print_event(struct sink *sink, const struct event *event,
		       const char *container)
{
	sink->options->format->event(event, container);
	return stdout_commit() && sink->taken != sink->options->count;
}

enum exit_status event_loop_print(const struct options *options,
				 enum source_start start, bool follow)
{
	struct sink sink = {
		.options = options,
		.begin = begin_printing,
		.event = print_event,
	};

	return event_loop_run(&sink, start, follow);
}
