// SPDX-License-Identifier: GPL-2.0
/*
 * Whether the freezer of its cgroup holds a process. That of v1 holds one that is
 * killed, too; that of v2 does not. A cgroup is not frozen before all in it are:
 * one in disk sleep keeps it from that, while the others stand still already.
 */
#include <errno.h>
#include <stdlib.h>

#include "explain/main-process.h"
#include "explain/waits/waits.h"
#include "lib/shell-word.h"
#include "proc/freezer.h"
#include "proc/snapshot.h"

/* Returns a process of the container that cannot be frozen yet, or NULL. */
static const struct task *find_late(const struct wait_context *context,
				    const struct waiter *waiter)
{
	const struct task *task = context->snapshot->list;
	const struct task *end = task + context->snapshot->count;

	for (; task < end; task++)
		if (task != waiter->task && task->letter == 'D' &&
		    task_in_container_of(task, waiter->task))
			return task;
	return NULL;
}

/* Name of the file that freezes. */
static const char *file_of(const struct freezer *freezer)
{
	return freezer->frozen == FROZEN_V1 ? "freezer.state" : "cgroup.freeze";
}

static struct wait_edge *add_edge(const struct wait_context *context,
				  const struct waiter *waiter,
				  const struct freezer *freezer,
				  struct wait_edges *edges)
{
	const struct task *late;

	if (!freezer->partly)
		return waits_add(edges, WAIT_FREEZER, NULL, "it is frozen");
	late = find_late(context, waiter);
	if (!late)
		return waits_add(edges, WAIT_FREEZER, NULL,
				 "not all of it is frozen yet");
	return waits_add(edges, WAIT_FREEZER, NULL,
			 "not all of it is frozen yet, as %s %u is in disk sleep",
			 late->process.comm, late->process.pid);
}

static int add(const struct wait_context *context, const struct waiter *waiter,
	       const struct freezer *freezer, struct wait_edges *edges)
{
	const char *cgroup = freezer->cgroup ? freezer->cgroup : "its cgroup";
	struct wait_edge *edge;
	char *file;
	int error;

	edge = add_edge(context, waiter, freezer, edges);
	if (!edge || waits_set(&edge->what, "%s of %s", file_of(freezer),
			       cgroup))
		return -ENOMEM;
	if (!freezer->file)
		return 0;
	file = shell_word(freezer->file);
	error = file ? waits_set(&edge->remedy, "echo %s >%s",
				 freezer_word(freezer), file) : -ENOMEM;
	free(file);
	return error;
}

/* Whether the freezer holds it, and not something else in disk sleep. */
static bool is_held(const struct wait_context *context,
		    const struct waiter *waiter, const struct freezer *freezer)
{
	const struct blocked *thread = waiter->thread;

	if (freezer->frozen != FROZEN_V1)
		return freezer->frozen == FROZEN_V2 && !waiter->killed &&
		       thread->letter != 'D';
	if (thread->letter != 'D' || !freezer->partly)
		return true;
	/* From 6.1 on it may be frozen where it slept. */
	return waits_flags(context, waiter->task->process.pid, thread->tid) &
	       NSORPHAN_TASK_FLAG_FROZEN;
}

int wait_freezer(struct wait_context *context, const struct waiter *waiter,
		 struct wait_edges *edges)
{
	struct freezer freezer;
	int error = 0;

	if (task_is_zombie(waiter->task) || !waiter->thread ||
	    !blocked_may_be_frozen(waiter->thread))
		return 0;
	freezer_find(waiter->dir, &freezer);
	if (is_held(context, waiter, &freezer))
		error = add(context, waiter, &freezer, edges);
	freezer_free(&freezer);
	return error;
}
