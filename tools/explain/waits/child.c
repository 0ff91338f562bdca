// SPDX-License-Identifier: GPL-2.0
/*
 * For which children a process waits: those that it waits for in wait4() or
 * waitid(), in any of its threads; that of vfork(); or those to which it passed on
 * the signal that asked it to end, wherever it sleeps now. A child that is younger
 * than the signal is not to blame for what became of it.
 */
#include <errno.h>

#include "explain/waits/waits.h"
#include "genl/history.h"
#include "genl/thread.h"
#include "lib/clock.h"
#include "lib/signal-name.h"
#include "proc/snapshot.h"

/* A signal is passed on after it came, but may be recorded before it. */
#define RECORDED_EARLIER_NS	NS_PER_SEC

/* Whether @child is the one that its parent waits for in vfork(). */
static bool is_vfork_child(const struct wait_context *context,
			   const struct task *child)
{
	const struct thread *thread = NULL;

	if (context->kernel_threads)
		thread = threads_find(context->kernel_threads,
				      child->process.pid, child->process.pid);
	/* Any may be of whom the module says nothing: it is in no container. */
	return !thread || thread_is(thread, NSORPHAN_TASK_FLAG_VFORK_CHILD);
}

static bool is_candidate(const struct waiter *waiter, const struct task *child)
{
	if (child->ppid != waiter->task->process.pid || child->kernel ||
	    task_is_zombie(child))
		return false;
	return !waiter->asked_ns ||
	       child->process.start_ns <= waiter->asked_ns;
}

/* Returns the pid of @child as @parent knows it. */
static uint32_t pid_for(const struct task *child, const struct task *parent)
{
	unsigned int level = parent->levels;

	return level && level <= child->levels ? child->ns_pids[level - 1] : 0;
}

/* Whether @waiter waits for @child, where it waits for a child. */
static bool waits_for(const struct wait_context *context,
		      const struct waiter *waiter, const struct task *child)
{
	const struct blocked *thread = waiter->thread;

	if (thread->for_vfork)
		return is_vfork_child(context, child);
	if (!thread->for_child)
		return false;
	return !thread->child ||
	       pid_for(child, waiter->task) == thread->child;
}

/* Returns the signal that @waiter sent the child since it was asked, or NULL. */
static const struct last_signal *passed_on(const struct wait_context *context,
					   const struct waiter *waiter,
					   const struct task *child)
{
	size_t i = history_signals(context->history, child->process.pid);
	const struct sent_signal *sent;

	for (; i < context->history->nr_signals; i++) {
		sent = &context->history->signals[i];
		if (sent->target.pid != child->process.pid)
			break;
		if (process_same(&sent->target, &child->process) &&
		    sent->sent.sender.has &&
		    process_same(&sent->sent.sender, &waiter->task->process) &&
		    sent->sent.boot_ns + RECORDED_EARLIER_NS >= waiter->asked_ns)
			return &sent->sent;
	}
	return NULL;
}

static int add_child(const struct wait_context *context,
		     const struct waiter *waiter, const struct task *child,
		     struct wait_edges *edges)
{
	const struct last_signal *sent = NULL;
	char name[SIGNAL_NAME_SIZE];
	struct wait_edge *edge;

	if (waiter->asked_ns && !waiter->thread->for_child)
		sent = passed_on(context, waiter, child);
	if (waits_for(context, waiter, child))
		edge = waits_add(edges, WAIT_CHILD, child, "in %s%s%s",
				 waiter->thread->syscall,
				 waiter->thread->what[0] ? " " : "",
				 waiter->thread->what);
	else if (sent)
		edge = waits_add(edges, WAIT_CHILD, child,
				 "it passed on %s to its child",
				 signal_name(sent->signal, name));
	else
		return 0;
	return edge ? 0 : -ENOMEM;
}

int wait_child(struct wait_context *context, const struct waiter *waiter,
	       struct wait_edges *edges)
{
	const struct task *task = context->snapshot->list;
	const struct task *end = task + context->snapshot->count;
	int error = 0;

	if (waiter->only_hard || !waiter->thread)
		return 0;
	for (; !error && task < end; task++)
		if (is_candidate(waiter, task))
			error = add_child(context, waiter, task, edges);
	return error;
}
