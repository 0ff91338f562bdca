/* SPDX-License-Identifier: GPL-2.0 */
/* What watch, log and signals share: a source, filtered, into a sink. */
#ifndef NSORPHAN_STREAM_H
#define NSORPHAN_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "genl/event-source.h"
#include "lib/error.h"

struct options;

/* What becomes of the events. */
struct sink {
	const struct options *options;
	uint64_t	taken;		/* events that came */
	uint64_t	due_ns;		/* since boot: when to call due(); 0: not */

	/* Before the first event; @status is that of the module then. */
	void (*begin)(struct sink *sink, const struct status *status);

	/*
	 * An event that passed the filter, or a lost one. 1: go on, 0: it was
	 * the last, or a negative errno. due() returns the same.
	 */
	int (*event)(struct sink *sink, const struct event *event,
		     const char *container);

	/* Output that was put off, so that it does not come too often. */
	int (*due)(struct sink *sink);

	/* After the last event; not where there was nothing to read them from. */
	void (*end)(struct sink *sink);
};

/*
 * Gives @sink the events that its options want, from @start on (or from
 * --since), till it has had enough or, unless @follow, none is left.
 */
enum exit_status event_loop_run(struct sink *sink, enum source_start start, bool follow);

/* The same, and prints them, till the count of the options is reached. */
enum exit_status event_loop_print(const struct options *options,
				 enum source_start start, bool follow);

#endif
