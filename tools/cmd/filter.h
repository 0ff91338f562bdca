/* SPDX-License-Identifier: GPL-2.0 */
/* The options that select events and teardowns. */
#ifndef NSORPHAN_FILTER_H
#define NSORPHAN_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "genl/event.h"
#include "genl/life.h"
#include "genl/teardown.h"

/* 0 and NULL let everything pass. */
struct filter {
	uint32_t	types;		/* bits of event types */
	uint32_t	pidns;
	uint32_t	pid;
	const char	*container;	/* prefix of an id, name, or glob(7) */
	const char	*pod;		/* [NAMESPACE/]POD, globs */
	const char	*comm;		/* glob(7) for the whole name */
	uint64_t	since_ns;	/* since boot */
	uint64_t	until_ns;	/* since boot, if has_until */
	bool		has_until;
};

/* Whether @boot_ns, since boot, is in the time that @filter lets pass. */
bool filter_passes_time(const struct filter *filter, uint64_t boot_ns);

/*
 * Whether @event, of a process in @container (NULL: none known), passes. A
 * signal belongs to the pid namespace and container of its sender, too. Lost
 * events pass: any of them might have passed. So does every time: see above.
 */
bool filter_passes(const struct filter *filter, const struct event *event,
		   const struct container *container);

/*
 * The same for a container in pid namespace @pidns, and for a pid namespace in
 * no container: pidns, container and pod select.
 */
bool filter_passes_place(const struct filter *filter, uint32_t pidns,
			 const struct container *container);

/* The same for a teardown. */
bool filter_passes_teardown(const struct filter *filter,
			    const struct teardown *teardown,
			    const struct container *container);

/* The same for the life of a container. */
bool filter_passes_life(const struct filter *filter, const struct life *life,
			const struct container *container);

#endif
