// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "explain/main-process.h"
#include "explain/process-tree.h"
#include "explain/target.h"
#include "proc/snapshot.h"

/* A tree that is being built. */
struct builder {
	const struct snapshot *snapshot;
	const struct history *history;
	struct process_tree *tree;
	const struct task **by_parent;	/* see snapshot_by_parent() */
	bool		*selected;	/* by index in the snapshot */
	bool		*added;		/* likewise: it has a node */
	size_t		*next_child;	/* by index of node, into by_parent */
	bool		descendants;	/* of selected tasks belong in the tree */
	bool		namespace;	/* main of the container is its init */
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
	if (target->named_pid)
		return task->process.pid == target->named_pid;
	if (target->kind == TARGET_CONTAINER &&
	    task_in_container(task, target->id, target->user))
		return true;
	/* In its own namespace, which other containers may share. */
	if (target->kind == TARGET_CONTAINER &&
	    (task->container || !builder->namespace))
		return false;
	return task->process.pidns &&
	       snapshot_ns_below(builder->snapshot, task->process.pidns,
				 target->pidns);
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
	builder->next_child[at] = snapshot_first_child(builder->snapshot,
						       builder->by_parent,
						       task->process.pid);
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

	builder->by_parent = snapshot_by_parent(builder->snapshot);
	builder->selected = calloc(count, sizeof(*builder->selected));
	builder->added = calloc(count, sizeof(*builder->added));
	builder->next_child = calloc(count, sizeof(*builder->next_child));
	builder->tree->nodes = calloc(count, sizeof(*builder->tree->nodes));
	return builder->by_parent && builder->selected && builder->added &&
	       builder->next_child && builder->tree->nodes ? 0 : -ENOMEM;
}

/* Whether main of @target is the init of a pid namespace. */
static bool has_namespace(const struct snapshot *snapshot,
			  const struct target *target)
{
	const struct task *main = snapshot_find(snapshot, target->pid);

	return main && main->start_ticks == target->start_ticks &&
	       task_is_init(main);
}

int process_tree_build(const struct snapshot *snapshot,
		       const struct history *history,
		       const struct target *target, struct process_tree *tree)
{
	struct builder builder = {
		.snapshot = snapshot,
		.history = history,
		.tree = tree,
		.descendants = target && target->named_pid,
		.namespace = target && has_namespace(snapshot, target),
	};
	int error;
	size_t i;

	*tree = (struct process_tree){ .nodes = NULL };
	error = allocate(&builder);
	if (error)
		goto out_free;
	for (i = 0; i < snapshot->count; i++)
		builder.selected[i] = is_selected(&builder, target,
						  &snapshot->list[i]);
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
