// SPDX-License-Identifier: GPL-2.0
/*
 * Which thread a process waits for that has ended, or is about to: a process ends
 * with the last of its threads, those of io_uring among them, which are in
 * task/ from 5.12 on.
 */
#include <errno.h>
#include <string.h>

#include "explain/waits/waits.h"

static bool has_ended(const struct blocked *thread)
{
	return thread->letter == 'Z' || thread->letter == 'X';
}

/* Returns a thread that lives besides the leader; best one in disk sleep. */
static const struct blocked *find_other(const struct waiter *waiter)
{
	const struct blocked *thread = waiter->threads->list;
	const struct blocked *end = thread + waiter->threads->count;
	const struct blocked *found = NULL;

	for (; thread < end; thread++)
		if (thread->tid != waiter->task->process.pid &&
		    !has_ended(thread) &&
		    (!found || (thread->letter == 'D' && found->letter != 'D')))
			found = thread;
	return found;
}

/* Whether the leader has ended, or cannot before another thread has. */
static bool is_leader_over(const struct waiter *waiter)
{
	static const char *const exits[] = {
		"io_wq_put_and_exit", "io_wq_exit_workers", "io_uring_cancel",
		"io_uring_del_tctx_node",
	};
	const struct blocked *thread = waits_in(waiter, exits,
						ARRAY_SIZE(exits));

	return waiter->task->letter == 'Z' ||
	       (thread && thread->tid == waiter->task->process.pid);
}

int wait_thread(struct wait_context *context, const struct waiter *waiter,
		struct wait_edges *edges)
{
	const struct task *task = waiter->task;
	const struct blocked *other;
	struct wait_edge *edge;

	(void)context;
	if (waiter->tid || task_is_zombie(task) ||
	    (!is_leader_over(waiter) && !task->exiting))
		return 0;
	other = find_other(waiter);
	if (!other)
		return 0;
	edge = waits_add(edges, WAIT_THREAD, task, "its thread %u lives",
			 other->tid);
	if (!edge)
		return -ENOMEM;
	edge->tid = other->tid;
	return 0;
}
