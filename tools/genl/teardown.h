/* SPDX-License-Identifier: GPL-2.0 */
/* The teardowns that are running, and the processes that each waits for. */
#ifndef NSORPHAN_TEARDOWN_H
#define NSORPHAN_TEARDOWN_H

#include <stddef.h>
#include <stdint.h>

#include "genl/event.h"

/* A process that is still there. */
struct remaining {
	struct process	process;	/* with its state */
	struct process	parent;
	struct process	tracer;		/* has == 0: nobody traces it */
	uint32_t	flags;		/* bits of enum nsorphan_left_flag */
};

struct teardown {
	uint32_t	pidns;
	uint32_t	level;
	uint64_t	cgroup;		/* of the init */
	struct process	init;
	uint64_t	waited_ns;
	struct remaining	*remaining;
	size_t		count;		/* of these */
};

/* Zeroed: none. */
struct teardowns {
	struct teardown	*teardown;
	size_t		count;
};

/* Adds one that has no processes yet. NULL: no memory. */
struct teardown *teardowns_add(struct teardowns *teardowns);

/* Adds a process to it, zeroed. NULL: no memory. */
struct remaining *teardown_add_remaining(struct teardown *teardown);

/* The one that has waited longest first; of those alike, the outer one. */
void teardowns_sort(struct teardowns *teardowns);

void teardowns_free(struct teardowns *teardowns);

#endif
