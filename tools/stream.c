// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

#include "client.h"
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

/* Counts in *@printed what it printed. */
static int read_events(struct feed *feed, const struct options *options,
		       uint64_t *printed)
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
			if (!out_flush() || !out_wait_input(feed_fd(feed)))
				return 0;
			continue;
		}
		if (result == FEED_STATUS) {
			warn_of_status(feed_told_status(feed));
			continue;
		}
		if (result != FEED_EVENT)
			return result;
		if (++seen % EVENTS_A_LOOK == 0 && wait_for(NULL, 0, 0) < 0)
			return 0;

		/*
		 * Before the filter, though it may hide the event: a container
		 * that was looked up once is known when it is gone.
		 */
		container = container_of_event(&event);
		if (!filter_passes(&options->filter, &event, container))
			continue;
		options->printer->event(&event, container);
		if (!out_commit() || ++*printed == options->count)
			return 0;
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

int stream_run(const struct options *options, enum feed_start start,
	       bool follow)
{
	struct client *client;
	uint64_t printed = 0;
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

	if (options->printer->begin)
		options->printer->begin();
	error = out_commit() ? read_events(feed, options, &printed) : 0;
	feed_close(feed);
	client_close(client);
	if (!error && !follow && !printed)
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
