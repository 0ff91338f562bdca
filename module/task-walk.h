/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Walks over tasks without tasklist_lock, which modules cannot take. RCU frees
 * tasks, pids and pid namespaces (delayed_put_task_struct(), put_pid() by
 * delayed_put_pid(), delayed_free_pidns(); 5.10 to 7.3), so what is found in a
 * section stays valid until its end. A walk goes from pid to pid of an idr, in
 * sections, and keeps only the number of the next pid in between.
 */
#ifndef NSO_TASK_WALK_H
#define NSO_TASK_WALK_H

#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/types.h>

/* Number of pids to look at before rescheduling. */
#define NSO_PIDS_PER_SECTION	64

/* process.h needs preemption disabled, rcu_dereference() rcu_read_lock(). */
static inline void nso_section_begin(void)
	__acquires(RCU)
{
	rcu_read_lock();
	preempt_disable();
}

static inline void nso_section_end(void)
	__releases(RCU)
{
	preempt_enable();
	rcu_read_unlock();
}

/* Tells whether task is writing the core of its process. */
static inline bool nso_task_is_dumping(const struct task_struct *task)
{
	/*
	 * coredump_wait() sets PF_DUMPCORE on the thread that writes the core.
	 * It is never cleared, but that thread exits afterwards.
	 */
	return (task->flags & (PF_DUMPCORE | PF_EXITING)) == PF_DUMPCORE;
}

#endif
