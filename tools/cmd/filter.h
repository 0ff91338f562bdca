/* SPDX-License-Identifier: GPL-2.0 */
/* Which events a user asked for. */
#ifndef NSORPHAN_FILTER_H
#define NSORPHAN_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "genl/event.h"

/* 0 and NULL: everything passes. */
struct filter {
	uint32_t	types;		/* bits of event types */
	uint32_t	pidns;
	uint32_t	pid;
	const char	*container;	/* prefix of the id or name */
	const char	*comm;		/* glob(7), for the whole name */
};

/*
 * Whether @event, of a process in @container (NULL: in none that is known),
 * passes all of @filter. A signal is also its sender's. An EVENT_LOST always
 * passes: the lost ones might have.
 */
bool filter_passes(const struct filter *filter, const struct event *event,
		   const char *container);

#endif
