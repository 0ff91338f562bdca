/* SPDX-License-Identifier: GPL-2.0 */
/* Processes in the order of a tree, with what is recorded of each. */
#ifndef NSORPHAN_PROCESS_TREE_H
#define NSORPHAN_PROCESS_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "genl/history.h"
#include "proc/task.h"

struct snapshot;
struct target;

/* A process; its descendants are the nodes behind it. */
struct tree_node {
	const struct task *task;
	const struct task *parent;	/* NULL: none, or not visible */
	const struct orphan *orphan;	/* NULL: not recorded as an orphan */
	ptrdiff_t	up;		/* index of the parent's node, or -1 */
	bool		subreaper;	/* recorded as an adopter */
	bool		outside;	/* the parent is in another pid namespace */
};

struct process_tree {
	struct tree_node *nodes;	/* each before its children */
	size_t		count;
};

/*
 * Builds the tree of @target: of the process that the user named and its
 * descendants, of the processes in a pid namespace and in those below it, or of
 * those in a container and, where they are in no other one, in its own pid
 * namespace. With a NULL @target: of all processes that are no kernel threads.
 * The nodes point into @snapshot and @history. A process that changed its parent
 * while /proc was read is in the tree once.
 *
 * Returns 0 or -ENOMEM. process_tree_free() frees @tree.
 */
int process_tree_build(const struct snapshot *snapshot,
		       const struct history *history,
		       const struct target *target, struct process_tree *tree);
void process_tree_free(struct process_tree *tree);

#endif
