/* SPDX-License-Identifier: GPL-2.0 */
/* The options that select events and teardowns. */
#ifndef NSORPHAN_FILTER_H
#define NSORPHAN_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "genl/event.h"
#include "genl/teardown.h"

/* 0 and NULL let everything pass. */
struct filter {
	uint32_t	types;		/* bits of event types */
	uint32_t	pidns;
	uint32_t	pid;
	const char	*container;	/* prefix of an id, name, or glob(7) */
	const char	*pod;		/* [NAMESPACE/]POD, globs */
	const char	*comm;		/* glob(7) for the whole name */
};

/*
 * Whether @event, of a process in @container (NULL: none known), passes. A
 * signal belongs to the pid namespace and container of its sender, too. Lost
 * events pass: any of them might have passed.
 */
bool filter_passes(const struct filter *filter, const struct event *event,
		   const struct container *container);

/* The same for a teardown, which pidns, container and pod select. */
bool filter_passes_teardown(const struct filter *filter,
			    const struct teardown *teardown,
			    const struct container *container);

#endif
