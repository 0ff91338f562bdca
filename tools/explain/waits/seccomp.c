// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>

#include "explain/waits/holders.h"
#include "explain/waits/waiter.h"
#include "explain/waits/waits.h"
#include "proc/descriptors.h"
#include "proc/snapshot.h"
#include "proc/task.h"

/* The link of a descriptor by which a supervisor listens. */
#define LISTENER	"anon_inode:seccomp notify"

/*
 * Returns a thread of @waiter that waits for its supervisor to decide about a
 * system call, or NULL. The compiler may make one function of these two.
 */
static const struct blocked *find_thread(const struct waiter *waiter)
{
	const struct blocked *thread = waiter->threads->list;
	size_t i;

	for (i = 0; i < waiter->threads->count; i++, thread++)
		if ((thread->letter == 'S' || thread->letter == 'D') &&
		    (sleeps_in(thread, "seccomp_do_user_notification") ||
		     sleeps_in(thread, "__seccomp_filter")))
			return thread;
	return NULL;
}

/* Whether @task is @above or, as the snapshot has it, a descendant of it. */
static bool is_below(const struct snapshot *snapshot, const struct task *task,
		     const struct task *above)
{
	size_t i;

	/* A pid that was reused meanwhile may make a circle. */
	for (i = 0; task && i < snapshot->count; i++) {
		if (task == above)
			return true;
		task = task->ppid ? snapshot_find(snapshot, task->ppid) : NULL;
	}
	return false;
}

/*
 * Adds who has a listener open. Which filter it is of cannot be told; the
 * filtered process, and its children, may have inherited their own.
 */
static int add_holders(const struct snapshot *snapshot,
		       const struct descriptors *descriptors,
		       const struct task *waiter, struct holders *holders)
{
	const struct descriptor *found;
	size_t count, i;
	bool below;

	found = descriptors_find(descriptors, LISTENER, &count);
	for (i = 0; i < count; i++) {
		below = is_below(snapshot, found[i].task, waiter);
		if (holders_add(holders, found[i].task, true, below))
			return -ENOMEM;
	}
	return 0;
}

/*
 * Where the waiter has a listener open itself, the end of the supervisor does not
 * end the wait: the filter has a listener still.
 */
static int set_remedies(const struct descriptors *descriptors,
			const struct task *waiter, struct wait_edges *edges)
{
	const struct descriptor *found;
	size_t count, i;
	bool own = false;

	found = descriptors_find(descriptors, LISTENER, &count);
	for (i = 0; i < count; i++)
		own |= found[i].task == waiter;
	for (i = 0; own && i < edges->count; i++)
		if (waits_set(&edges->list[i].remedy, "kill -KILL %u",
			      waiter->process.pid))
			return -ENOMEM;
	return 0;
}

int wait_seccomp(struct wait_context *context, const struct waiter *waiter,
		 struct wait_edges *edges)
{
	const struct descriptors *descriptors;
	struct holders holders = { 0 };
	const struct blocked *thread;
	char action[96];
	int error;

	thread = waiter->only_hard ? NULL : find_thread(waiter);
	if (!thread)
		return 0;
	descriptors = waits_descriptors(context);
	if (!descriptors)
		return -ENOMEM;
	snprintf(action, sizeof(action),
		 "%s until a seccomp supervisor decides",
		 thread->syscall[0] ? thread->syscall : "a system call");
	error = add_holders(context->snapshot, descriptors, waiter->task,
			    &holders);
	if (!error) {
		holders_choose(&holders, waiter->task, false);
		error = holders_add_edges(&holders, edges, WAIT_SECCOMP,
					  "a seccomp supervisor", action,
					  holders.count > 1 ? "may be" : "is");
	}
	if (!error)
		error = set_remedies(descriptors, waiter->task, edges);
	holders_free(&holders);
	return error;
}
