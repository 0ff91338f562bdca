// SPDX-License-Identifier: GPL-2.0
/*
 * Who traces a process, and holds it: stopped, until the tracer lets it go on; or
 * dead, as only the tracer can reap a thread that it traces, and the parent only
 * after it. SIGKILL ends each stop but that of PTRACE_EVENT_EXIT, which
 * do_exit() makes after the signal was taken.
 */
#include <errno.h>
#include <stdio.h>

#include "explain/waits/waits.h"
#include "proc/procfs.h"
#include "proc/snapshot.h"

static bool is_stopped(const struct waiter *waiter)
{
	size_t i;

	for (i = 0; i < waiter->threads->count; i++)
		if (waiter->threads->list[i].letter == 't')
			return true;
	return false;
}

int wait_tracer(struct wait_context *context, const struct waiter *waiter,
		struct wait_edges *edges)
{
	const struct task *task = waiter->task, *tracer;
	bool zombie = task_is_zombie(task);

	if (!task->tracer || (zombie ? task->tracer == task->ppid :
				       !is_stopped(waiter)))
		return 0;
	tracer = snapshot_find(context->snapshot, task->tracer);
	if (!tracer)
		return 0;
	return waits_add(edges, WAIT_TRACER, tracer,
			 zombie ? "its tracer has not waited for it" :
				  "its tracer holds it stopped") ? 0 : -ENOMEM;
}
