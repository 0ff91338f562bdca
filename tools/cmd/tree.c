// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/session.h"
#include "genl/client.h"
#include "command.h"
#include "lib/error.h"
#include "options.h"
#include "output/stdout.h"
#include "output/output.h"
#include "explain/target.h"
#include "explain/process-tree.h"

/* Those that are asked for: a process and its descendants, or a namespace. */
static bool *choose(const struct snapshot *snapshot, const struct target *target)
{
	bool *chosen = calloc(snapshot->count + 1, sizeof(*chosen));
	const struct task *task;
	size_t i;

	for (i = 0; chosen && i < snapshot->count; i++) {
		task = &snapshot->list[i];
		if (!target)
			chosen[i] = !task->kernel;
		else if (target->pid)
			chosen[i] = task->process.pid == target->pid;
		else
			chosen[i] = task->process.pidns &&
				    snapshot_ns_below(snapshot, task->process.pidns,
						   target->pidns);
	}
	return chosen;
}

static int by_parent(const void *a, const void *b)
{
	const struct task *left = *(const struct task *const *)a;
	const struct task *right = *(const struct task *const *)b;

	if (left->ppid != right->ppid)
		return left->ppid < right->ppid ? -1 : 1;
	return (left->process.pid > right->process.pid) -
	       (left->process.pid < right->process.pid);
}

/* All tasks, those with the same parent beside each other. */
static const struct task **list_by_parent(const struct snapshot *snapshot)
{
	const struct task **list = calloc(snapshot->count + 1, sizeof(*list));
	size_t i;

	for (i = 0; list && i < snapshot->count; i++)
		list[i] = &snapshot->list[i];
	if (list && snapshot->count)
		qsort(list, snapshot->count, sizeof(*list), by_parent);
	return list;
}

/* Where the children of @ppid begin in it. */
static size_t first_child(const struct task *const *list, size_t count,
			  uint32_t ppid)
{
	size_t low = 0, high = count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (list[middle]->ppid < ppid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void add_node(struct process_tree *forest, const struct snapshot *snapshot,
		     const struct history *history, const struct task *task,
		     ptrdiff_t up)
{
	struct tree_node *node = &forest->nodes[forest->count++];

	*node = (struct tree_node){ .task = task, .up = up };
	node->parent = task->ppid ? snapshot_find(snapshot, task->ppid) : NULL;
	node->outside = node->parent && node->parent->process.pidns &&
			task->process.pidns &&
			!snapshot_ns_below(snapshot, node->parent->process.pidns,
					task->process.pidns);
	node->orphan = history_orphan(history, &task->process);
	node->subreaper = history_subreaper(history, &task->process);
}

/*
 * Into @forest the chosen ones, each before its children; with the descendants
 * of the one process where it is one (@whole). A process that changed parents
 * while /proc was read is there once.
 */
static int plant(const struct snapshot *snapshot, const struct history *history,
		 bool *chosen, bool whole, struct process_tree *forest)
{
	const struct task **list = list_by_parent(snapshot);
	bool *done = calloc(snapshot->count + 1, sizeof(*done));
	size_t *next = calloc(snapshot->count + 1, sizeof(*next));
	size_t i, k;
	ptrdiff_t at;

	forest->nodes = calloc(snapshot->count + 1, sizeof(*forest->nodes));
	if (!list || !done || !next || !forest->nodes) {
		free(list);
		free(done);
		free(next);
		return -ENOMEM;
	}
	for (i = 0; i < snapshot->count; i++) {
		const struct task *root = &snapshot->list[i], *up;

		up = root->ppid ? snapshot_find(snapshot, root->ppid) : NULL;
		if (!chosen[i] || done[i] || (up && chosen[up - snapshot->list]))
			continue;
		done[i] = true;
		at = (ptrdiff_t)forest->count;
		add_node(forest, snapshot, history, root, -1);
		next[at] = first_child(list, snapshot->count, root->process.pid);
		while (at >= 0) {
			const struct tree_node *node = &forest->nodes[at];

			k = next[at]++;
			if (k >= snapshot->count ||
			    list[k]->ppid != node->task->process.pid) {
				at = node->up;
				continue;
			}
			if (done[list[k] - snapshot->list] ||
			    !(whole || chosen[list[k] - snapshot->list]))
				continue;
			done[list[k] - snapshot->list] = true;
			add_node(forest, snapshot, history, list[k], at);
			at = (ptrdiff_t)forest->count - 1;
			next[at] = first_child(list, snapshot->count,
					       list[k]->process.pid);
		}
	}
	free(list);
	free(done);
	free(next);
	return 0;
}

static int print(const struct options *options, const struct snapshot *snapshot,
		 const struct history *history, const struct target *target)
{
	struct process_tree forest = { .nodes = NULL };
	bool *chosen = choose(snapshot, target);
	int error = -ENOMEM;

	if (chosen)
		error = plant(snapshot, history, chosen, target && target->pid,
			      &forest);
	if (!error && !forest.count) {
		error_print_of("tree", "nothing lives of '%s'", options->target);
		error = EXIT_STATUS_FAILED;
	} else if (!error) {
		options->format->tree(&forest);
		stdout_commit();
	}
	free(forest.nodes);
	free(chosen);
	return error;
}

/* What lives of the target; an EXIT_STATUS_*. */
static int find_target(const struct options *options,
		       const struct snapshot *snapshot,
		       const struct history *history, struct target *target)
{
	switch (target_find("tree", options->target, snapshot, target)) {
	case TARGET_FOUND:
		return EXIT_STATUS_DONE;
	case TARGET_WRONG:
		return EXIT_STATUS_FAILED;
	case TARGET_RECORDED:
		break;
	}
	if (target_recorded("tree", options->target, history, target))
		error_print_of("tree", "pidns:%u is gone: see nsorphan explain pidns:%u",
			   target->pidns, target->pidns);
	return EXIT_STATUS_FAILED;
}

/* Without the module the tree is there, and no orphan is known. */
static int read_history(struct client *client, const struct options *options,
			const struct history *nothing, struct history *history)
{
	struct wanted wanted = { 0 };

	*history = *nothing;
	if (!client)
		return 0;
	if (options->target) {
		wanted.pid = target_pid(options->target);
		wanted.pidns = target_pidns(options->target);
	}
	return history_read(client, &wanted, history);
}

static int tree_with(struct client *client, const struct options *options)
{
	static const struct history nothing;
	struct history history;
	struct target target;
	struct snapshot snapshot;
	int result;

	result = read_history(client, options, &nothing, &history);
	if (result)
		return result;
	result = snapshot_read(&snapshot);
	if (!result) {
		if (options->target)
			result = find_target(options, &snapshot, &history, &target);
		if (!result)
			result = print(options, &snapshot, &history,
				       options->target ? &target : NULL);
		snapshot_free(&snapshot);
	}
	history_free(&history);
	return result;
}

static enum exit_status tree(const struct options *options)
{
	struct client *client = NULL;
	int result;

	if (!options->format->tree) {
		error_print_of("tree", "--format: text or json");
		return EXIT_STATUS_USAGE;
	}
	if (!session_in_initial_pidns("tree"))
		return EXIT_STATUS_FAILED;
	result = client_open(&client);
	if (result == -ENODEV)
		client = NULL;
	if (!result || result == -ENODEV)
		result = tree_with(client, options);
	if (!result && !client)
		error_print_of("tree",
			   "the module is not loaded: orphans and subreapers are not marked");
	client_close(client);
	if (result >= 0)
		return result;
	return session_failed(result);
}

const struct command command_tree = {
	.name		= "tree",
	.summary	= "print processes as a tree, orphans marked",
	.help		= "Prints all processes as a tree, or those below PID, in a CONTAINER\n"
			  "or in a pid namespace, each orphan with the parent that it lost.\n",
	.options	= OPTIONS_FORMAT | OPTIONS_TARGET,
	.run		= tree,
};
