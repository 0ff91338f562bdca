// SPDX-License-Identifier: GPL-2.0
/* Whose wait() a process that has ended waits for: its parent's. */
#include <errno.h>

#include "explain/waits/waits.h"
#include "proc/snapshot.h"

int wait_reaper(struct wait_context *context, const struct waiter *waiter,
		struct wait_edges *edges)
{
	const struct task *task = waiter->task, *parent;

	if (!task_is_zombie(task) || task == context->main)
		return 0;
	parent = snapshot_find(context->snapshot, task->ppid);
	/* An init in its teardown reaps what it can. */
	if (!parent || (parent == context->main && parent->exiting))
		return 0;
	return waits_add(edges, WAIT_REAPER, parent,
			 "its parent has not waited for it") ? 0 : -ENOMEM;
}
