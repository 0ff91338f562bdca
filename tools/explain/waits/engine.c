// SPDX-License-Identifier: GPL-2.0
/* Whose wait() main, which has ended, waits for: that of its engine's monitor. */
#include <errno.h>

#include "explain/waits/waits.h"
#include "proc/snapshot.h"

int wait_engine(struct wait_context *context, const struct waiter *waiter,
		struct wait_edges *edges)
{
	const struct task *parent;

	if (!task_is_zombie(waiter->task) || waiter->task != context->main)
		return 0;
	parent = snapshot_find(context->snapshot, waiter->task->ppid);
	if (!parent)
		return 0;
	return waits_add(edges, WAIT_ENGINE, parent,
			 "its parent has not waited for it") ? 0 : -ENOMEM;
}
