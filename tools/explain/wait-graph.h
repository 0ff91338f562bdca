/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The wait-for graph: who waits for whom, followed from a process until nobody is
 * left to wait for. Its nodes are processes (a thread where that matters) and
 * things of the kernel; its edges are those of explain/waits/.
 */
#ifndef NSORPHAN_WAIT_GRAPH_H
#define NSORPHAN_WAIT_GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/waits/waits.h"
#include "lib/process.h"

/* Maximum number of links of a chain. */
#define CHAIN_MAX	16

/* A node on the way, and how it waits for the next one. Strings are for free(). */
struct chain_link {
	struct process	process;	/* has is 0: a thing */
	char		*what;		/* the thing */
	char		letter;		/* state of the process, as in /proc */
	bool		waits;		/* false: the last one */
	enum wait_kind	kind;
	char		*detail;	/* what the wait was read from */
	char		*between;	/* what lies between: "pipe 4711"; or NULL */
};

/* The way from a process to the one who must act, or to the thing. */
struct chain {
	struct chain_link *links;	/* at least two */
	size_t		count;
	bool		circle;		/* the last one is one of those before */
	bool		mutual;		/* the last two wait for each other's data */
	struct process	*candidates;	/* who may act, of whom one has to */
	size_t		nr_candidates;
	char		*remedy;	/* command; NULL: none that helps */
};

/* One for each whom the process waits for; zeroed: for nobody. */
struct chains {
	struct chain	*list;
	size_t		count;
};

/* Where to begin. */
struct wait_start {
	const struct task *task;
	bool		killed;		/* SIGKILL was delivered to it */
	bool		only_hard;	/* see struct waiter */
	uint64_t	asked_ns;	/* when main was asked to end; 0: it was not */
};

/*
 * Follows the waits of @start. Returns 0 or -ENOMEM. chains_free() frees @chains,
 * after a failure, too.
 */
int wait_graph_follow(struct wait_context *context,
		      const struct wait_start *start, struct chains *chains);
void chains_free(struct chains *chains);

/*
 * Returns the link of the one who must act: the last one; in a circle, one of its
 * members.
 */
const struct chain_link *chain_actor(const struct chain *chain);

#endif
