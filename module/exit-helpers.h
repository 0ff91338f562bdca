/* SPDX-License-Identifier: GPL-2.0 */
/* What static functions of kernel/exit.c do, for the probes. */
#ifndef NSO_EXIT_HELPERS_H
#define NSO_EXIT_HELPERS_H

#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/types.h>

/*
 * Returns a thread of task's process that is not exiting, or NULL, as
 * find_alive_thread() does. Caller holds tasklist_lock or is an RCU reader.
 */
static inline struct task_struct *nso_alive_thread(struct task_struct *task)
{
	struct task_struct *thread;

	for_each_thread(task, thread)
		if (!(thread->flags & PF_EXITING))
			return thread;
	return NULL;
}

/*
 * Returns the thread of the namespace's init that adopts orphans. task is not
 * reaped yet.
 */
static inline struct task_struct *nso_child_reaper(struct task_struct *task)
{
	return task_active_pid_ns(task)->child_reaper;
}

/* Returns the parent of child. Caller holds tasklist_lock. */
static inline struct task_struct *
nso_parent_of(const struct task_struct *child)
{
	return rcu_dereference_protected(child->real_parent, true);
}

/*
 * Returns the status that wait(2) will report for the process of task, which
 * is dying: wait_task_zombie().
 */
static inline u16 nso_exit_status(struct task_struct *task)
{
	struct signal_struct *signal = task->signal;

	if (signal->flags & SIGNAL_GROUP_EXIT)
		return signal->group_exit_code;
	return task->group_leader->exit_code;
}

#endif
