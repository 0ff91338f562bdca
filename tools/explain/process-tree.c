// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "explain/process-tree.h"
#include "explain/target.h"
#include "proc/snapshot.h"

/* A tree that is being built. */
struct builder {
	const struct snapshot *snapshot;
	const struct history *history;
	struct process_tree *tree;
	const struct task **by_parent;	/* all tasks, sorted by ppid and pid */
	bool		*selected;	/* by index in the snapshot */
	bool		*added;		/* likewise: it has a node */
	size_t		*next_child;	/* by index of node, into by_parent */
	bool		descendants;	/* of selected tasks belong in the tree */
};

static size_t task_index(const struct builder *builder, const struct task *task)
{
	return (size_t)(task - builder->snapshot->list);
}

static const struct task *find_parent(const struct builder *builder,
				      const struct task *task)
{
	return task->ppid ? snapshot_find(builder->snapshot, task->ppid) : NULL;
}

static bool is_selected(const struct builder *builder,
			const struct target *target, const struct task *task)
{
	if (!target)
		return !task->kernel;
	if (target->pid)
		return task->process.pid == target->pid;
	return task->process.pidns &&
	       snapshot_ns_below(builder->snapshot, task->process.pidns,
				 target->pidns);
}

static int compare_by_parent(const void *a, const void *b)
{
	const struct task *left = *(const struct task *const *)a;
	const struct task *right = *(const struct task *const *)b;

	if (left->ppid != right->ppid)
		return left->ppid < right->ppid ? -1 : 1;
	return (left->process.pid > right->process.pid) -
	       (left->process.pid < right->process.pid);
}

/* Returns the index in by_parent where the children of @pid begin. */
static size_t first_child(const struct builder *builder, uint32_t pid)
{
	size_t low = 0, high = builder->snapshot->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (builder->by_parent[middle]->ppid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Adds a node below node @up, or a root for -1. Returns its index. */
static ptrdiff_t add_node(struct builder *builder, const struct task *task,
			  ptrdiff_t up)
{
	const struct task *parent = find_parent(builder, task);
	struct process_tree *tree = builder->tree;
	size_t at = tree->count++;

	tree->nodes[at] = (struct tree_node){
		.task = task,
		.parent = parent,
		.orphan = history_orphan(builder->history, &task->process),
		.up = up,
		.subreaper = history_subreaper(builder->history,
					       &task->process),
		.outside = parent && parent->process.pidns &&
			   task->process.pidns &&
			   !snapshot_ns_below(builder->snapshot,
					      parent->process.pidns,
					      task->process.pidns),
	};
	builder->added[task_index(builder, task)] = true;
	builder->next_child[at] = first_child(builder, task->process.pid);
	return (ptrdiff_t)at;
}

/* Returns the next child of node @at that lacks a node, or NULL. */
static const struct task *next_child(struct builder *builder, ptrdiff_t at)
{
	uint32_t pid = builder->tree->nodes[at].task->process.pid;
	size_t *next = &builder->next_child[at];
	const struct task *task;
	size_t index;

	for (; *next < builder->snapshot->count; ++*next) {
		task = builder->by_parent[*next];
		if (task->ppid != pid)
			break;
		index = task_index(builder, task);
		if (!builder->added[index] &&
		    (builder->descendants || builder->selected[index]))
			return task;
	}
	return NULL;
}

/* Adds @root, and depth first what belongs below it. */
static void add_subtree(struct builder *builder, const struct task *root)
{
	ptrdiff_t at = add_node(builder, root, -1);
	const struct task *child;

	while (at >= 0) {
		child = next_child(builder, at);
		at = child ? add_node(builder, child, at) :
			     builder->tree->nodes[at].up;
	}
}

static bool is_root(const struct builder *builder, const struct task *task)
{
	const struct task *parent = find_parent(builder, task);
	size_t index = task_index(builder, task);

	return builder->selected[index] && !builder->added[index] &&
	       !(parent && builder->selected[task_index(builder, parent)]);
}

static int allocate(struct builder *builder)
{
	size_t count = builder->snapshot->count + 1;

	builder->by_parent = calloc(count, sizeof(*builder->by_parent));
	builder->selected = calloc(count, sizeof(*builder->selected));
	builder->added = calloc(count, sizeof(*builder->added));
	builder->next_child = calloc(count, sizeof(*builder->next_child));
	builder->tree->nodes = calloc(count, sizeof(*builder->tree->nodes));
	return builder->by_parent && builder->selected && builder->added &&
	       builder->next_child && builder->tree->nodes ? 0 : -ENOMEM;
}

int process_tree_build(const struct snapshot *snapshot,
		       const struct history *history,
		       const struct target *target, struct process_tree *tree)
{
	struct builder builder = {
		.snapshot = snapshot,
		.history = history,
		.tree = tree,
		.descendants = target && target->pid,
	};
	int error;
	size_t i;

	*tree = (struct process_tree){ .nodes = NULL };
	error = allocate(&builder);
	if (error)
		goto out_free;
	for (i = 0; i < snapshot->count; i++) {
		builder.by_parent[i] = &snapshot->list[i];
		builder.selected[i] = is_selected(&builder, target,
						  &snapshot->list[i]);
	}
	if (snapshot->count)
		qsort(builder.by_parent, snapshot->count,
		      sizeof(*builder.by_parent), compare_by_parent);
	for (i = 0; i < snapshot->count; i++)
		if (is_root(&builder, &snapshot->list[i]))
			add_subtree(&builder, &snapshot->list[i]);
out_free:
	free(builder.by_parent);
	free(builder.selected);
	free(builder.added);
	free(builder.next_child);
	return error;
}

void process_tree_free(struct process_tree *tree)
{
	free(tree->nodes);
	*tree = (struct process_tree){ .nodes = NULL };
}
