/* SPDX-License-Identifier: GPL-2.0 */
/* Who has the other end of what a process waits on open. */
#ifndef NSORPHAN_HOLDERS_H
#define NSORPHAN_HOLDERS_H

#include <stdbool.h>
#include <stddef.h>

#include "explain/waits/waits.h"

/* A process that has an end open. */
struct holder {
	const struct task *task;
	bool		other_end;	/* that the waiter waits for */
	bool		same_end;	/* that the waiter waits at */
};

/* Zeroed: none. */
struct holders {
	struct holder	*list;
	size_t		count;
};

/*
 * Adds ends that @task has open; all of a process one after the other. Returns
 * 0 or -ENOMEM.
 */
int holders_add(struct holders *holders, const struct task *task,
		bool other_end, bool same_end);
void holders_free(struct holders *holders);

/*
 * Leaves those that @waiter may wait for: who has the other end only; else who
 * has both, as it made or inherited them; else @waiter itself, which waits for
 * ever. But one that @reads, and has the other end itself, is taken to sleep
 * until a handler or a thread of its own writes: it waits for nobody who made or
 * inherited both ends.
 */
void holders_choose(struct holders *holders, const struct task *waiter,
		    bool reads);

/*
 * Adds an edge to each of the chosen @holders of @what, "pipe 4711". The detail
 * is "@action, which PROCESS @has". Returns 0 or -ENOMEM.
 */
int holders_add_edges(const struct holders *holders, struct wait_edges *edges,
		      enum wait_kind kind, const char *what,
		      const char *action, const char *has);

#endif
