/* SPDX-License-Identifier: GPL-2.0 */
/* nsorphan tree: what its two forms of output print. */
#ifndef NSORPHAN_TREE_H
#define NSORPHAN_TREE_H

#include <stdbool.h>
#include <stddef.h>

#include "genl/history.h"
#include "proc/snapshot.h"

/* One process of the tree; the next ones are its children, and theirs. */
struct tree_node {
	const struct task *task;
	const struct task *parent;	/* NULL: none, or it is not to be seen */
	const struct orphan *orphan;	/* NULL: it has the parent that made it */
	ptrdiff_t	up;		/* where its parent is, -1: not in the tree */
	bool		subreaper;	/* it adopted somebody as one */
	bool		outside;	/* the parent is in another pid namespace */
};

struct process_tree {
	struct tree_node	*nodes;
	size_t		count;
};

#endif
