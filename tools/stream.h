/* SPDX-License-Identifier: GPL-2.0 */
/* What watch and log share: a feed, filtered and printed. */
#ifndef NSORPHAN_STREAM_H
#define NSORPHAN_STREAM_H

#include <stdbool.h>

#include "feed.h"

struct options;

/*
 * Prints the events that @options wants, from @start on (or from --since), till
 * the count is reached or, unless @follow, none is left. Returns a STATUS_*.
 */
int stream_run(const struct options *options, enum feed_start start,
	       bool follow);

#endif
