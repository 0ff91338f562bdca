/* SPDX-License-Identifier: GPL-2.0 */
/* The running teardowns, and the processes that each waits for. */
#ifndef NSORPHAN_TEARDOWN_H
#define NSORPHAN_TEARDOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "genl/event.h"

/* A remaining process: one that a teardown waits for. */
struct remaining {
	struct process	process;	/* with its state */
	struct process	parent;
	struct process	tracer;		/* has is 0: none */
	uint32_t	flags;		/* bits of enum nsorphan_remaining_flag */
};

/* The teardown of a pid namespace. */
struct teardown {
	uint32_t	pidns;		/* inode number */
	uint32_t	level;		/* of the namespace; initial: 0 */
	uint64_t	cgroup;		/* id of the init's cgroup */
	uint32_t	hierarchy;	/* as in struct event, like the next */
	uint64_t	container;
	struct process	init;
	uint64_t	waited_ns;	/* since the teardown began; 0: unknown; or: */
	bool		before_load;	/* since the module was loaded */
	struct remaining	*remaining;
	size_t		count;		/* of remaining processes */
};

/* All of them; zeroed: none. */
struct teardowns {
	struct teardown	*teardown;
	size_t		count;
};

/* Appends a zeroed teardown. Returns NULL when memory is short. */
struct teardown *teardowns_add(struct teardowns *teardowns);

/* Appends a zeroed remaining process. Returns NULL when memory is short. */
struct remaining *teardown_add_remaining(struct teardown *teardown);

/* Returns the teardown of pid namespace @pidns, or NULL. */
const struct teardown *teardowns_find(const struct teardowns *teardowns,
				      uint32_t pidns);

/* Does for @teardown what event_container() does for an event. */
const struct container *teardown_container(const struct teardown *teardown,
					   struct container *container);

/*
 * Sorts by age, the oldest first; of the same age, the outer namespace first.
 */
void teardowns_sort(struct teardowns *teardowns);

void teardowns_free(struct teardowns *teardowns);

#endif
