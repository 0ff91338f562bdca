// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

#include "client.h"
#include "clock.h"
#include "container.h"
#include "message.h"
#include "options.h"
#include "out.h"
#include "print.h"
#include "proc.h"
#include "stream.h"
#include "wait.h"
#include "warn.h"

/* Between two looks for signals while events come without a pause. */
#define EVENTS_A_LOOK	64

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
static int read_events(struct feed *feed, struct sink *sink)
{
	uint64_t seen = 0;
	const char *container;
	struct event event;
	int result;

	for (;;) {
		result = feed_next(feed, &event);
		if (result == FEED_END)
			return 0;
		if (result == FEED_IDLE) {
			result = look_at_clock(sink);
			if (result <= 0)
				return result;
			if (!out_flush() || !out_wait_input(feed_fd(feed),
							    ms_till_due(sink)))
				return 0;
			continue;
		}
		if (result == FEED_STATUS) {
			warn_of_status(feed_told_status(feed));
			continue;
		}
		if (result != FEED_EVENT)
			return result;
		if (++seen % EVENTS_A_LOOK == 0) {
			if (wait_for(NULL, 0, 0) < 0)
				return 0;
			result = look_at_clock(sink);
			if (result <= 0)
				return result;
		}

		/*
		 * Before the filter, though it may hide the event: a container
		 * that was looked up once is known when it is gone.
		 */
		container = container_of_event(&event);
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
static int no_process(const struct options *options)
{
	if (!options->filter.pid || !proc_gone(options->filter.pid))
		return STATUS_DONE;
	message("there is no process %u", options->filter.pid);
	return STATUS_FAILED;
}

int stream_read(struct sink *sink, enum feed_start start, bool follow)
{
	const struct options *options = sink->options;
	struct client *client;
	struct feed *feed;
	int error;

	if (options->has_since)
		start = FEED_SINCE;
	error = client_open(&client);
	if (error)
		goto err_explain;
	if (start == FEED_NOW && no_process(options)) {
		client_close(client);
		return STATUS_FAILED;
	}
	if (options->rcvbuf)
		client_set_rcvbuf(client, (int)options->rcvbuf);
	error = feed_open(&feed, client, start, options->since, follow);
	if (error)
		goto err_close;
	warn_of_status(feed_told_status(feed));

	sink->begin(sink, feed_told_status(feed));
	error = out_commit() ? read_events(feed, sink) : 0;
	if (sink->end)
		sink->end(sink);
	feed_close(feed);
	client_close(client);
	if (!error && !follow && !sink->taken)
		return no_process(options);
	if (!error || error == -EINTR)
		return STATUS_DONE;
	/* What was seen before comes out before the news that it is over. */
	out_flush();
	if (error == -ENODEV)
		message("the module was unloaded");
	else
		client_explain(error);
	return STATUS_FAILED;

err_close:
	client_close(client);
err_explain:
	if (error == -EINTR)
		return STATUS_DONE;
	client_explain(error);
	return STATUS_FAILED;
}

static void begin_printing(struct sink *sink, const struct status *status)
{
	(void)status;
	if (sink->options->printer->begin)
		sink->options->printer->begin();
}

static int print_event(struct sink *sink, const struct event *event,
		       const char *container)
{
	sink->options->printer->event(event, container);
	return out_commit() && sink->taken != sink->options->count;
}

int stream_print(const struct options *options, enum feed_start start,
		 bool follow)
{
	struct sink sink = {
		.options = options,
		.begin = begin_printing,
		.event = print_event,
	};

	return stream_read(&sink, start, follow);
}
