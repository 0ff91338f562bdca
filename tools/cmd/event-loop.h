/* SPDX-License-Identifier: GPL-2.0 */
/* The loop that reads events for watch, log and signals. */
#ifndef NSORPHAN_EVENT_LOOP_H
#define NSORPHAN_EVENT_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "genl/event-source.h"
#include "lib/error.h"

struct options;

/*
 * What a command does with events. Callbacks that return int return 1 to go on,
 * 0 to end the loop, or a negative errno of genl/client.h.
 */
struct event_sink {
	const struct options *options;
	uint64_t	count;		/* events passed to event() */
	struct event	lost;		/* held back, if its count is not 0 */
	uint64_t	last_ns;	/* since boot: time of the last event */
	uint64_t	timer_ns;	/* since boot: when to call timer(); 0: never */

	/* Called before the first event with the status of the module. */
	void (*begin)(struct event_sink *sink, const struct status *status);

	/* Called for each event that passes the filter, and each lost event. */
	int (*event)(struct event_sink *sink, const struct event *event,
		     const struct container *container);

	/* Called at timer_ns, which is 0 again by then. */
	int (*timer)(struct event_sink *sink);

	/* Called after the last event if begin() was called; may be NULL. */
	void (*end)(struct event_sink *sink);
};

/*
 * Opens the module and passes events to @sink, from @start or from --since on.
 * Ends when a callback does, on SIGINT, SIGTERM or the end of the reader of
 * standard output, and without @follow after the last recorded event. Failures,
 * and that the module misses events, are reported on standard error.
 */
enum exit_status event_loop_run(struct event_sink *sink,
				enum source_start start, bool follow);

#endif
