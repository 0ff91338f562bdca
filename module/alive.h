/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_ALIVE_H
#define NSORPHAN_ALIVE_H

#include <linux/sched/signal.h>

/*
 * A thread of task's process that is not exiting, or NULL: what
 * find_alive_thread() in kernel/exit.c gives. Under tasklist_lock or RCU.
 */
static inline struct task_struct *alive_thread(struct task_struct *task)
{
	struct task_struct *thread;

	for_each_thread(task, thread)
		if (!(thread->flags & PF_EXITING))
			return thread;
	return NULL;
}

#endif
