// SPDX-License-Identifier: GPL-2.0
/*
 * Everything here is read in sections of task-walk.h, from struct task_struct
 * and struct signal_struct alone, which live as long as a section. The stack and
 * the memory of a task are never touched: they may be gone, and their locks may
 * be held by what the task waits for. The members of one struct nso_task may be
 * of slightly different moments.
 */
#include <linux/idr.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <uapi/linux/audit.h>
#include <asm/syscall.h>

#include "compat.h"
#include "task-walk.h"
#include "task.h"

/*
 * Tells whether the system call that the thread is in is a 32-bit one. On x86 the
 * kernel notes that on entry, of each one, in struct thread_info, which is a part
 * of struct task_struct; on arm64 it is a property of the program.
 */
static bool is_compat(struct task_struct *thread)
{
	return !(syscall_get_arch(thread) & __AUDIT_ARCH_64BIT);
}

/* Tells whether SIGKILL is pending for the thread, or its process is ending. */
static bool is_killed(struct task_struct *thread)
{
	if (sigismember(&thread->pending.signal, SIGKILL))
		return true;
	/* A core dump is an exit of the group, too, but of all other threads. */
	return READ_ONCE(thread->signal->flags) & SIGNAL_GROUP_EXIT &&
	       !nso_task_is_dumping(thread);
}

/* Tells whether a thread waits in wait_for_vfork_done() for this one. */
static bool is_vfork_child(const struct task_struct *thread)
{
	/* The pointer is to the stack of that thread. Kernel threads use it. */
	return READ_ONCE(thread->vfork_done) && !(thread->flags & PF_KTHREAD);
}

static u32 flags_of(struct task_struct *thread)
{
	unsigned int state = nso_compat_task_state(thread);
	u32 flags = 0;

	if (thread->exit_state)
		return 0;
	if (is_compat(thread))
		flags |= NSORPHAN_TASK_FLAG_COMPAT;
	if ((state & TASK_KILLABLE) == TASK_KILLABLE)
		flags |= NSORPHAN_TASK_FLAG_KILLABLE;
	if (is_killed(thread))
		flags |= NSORPHAN_TASK_FLAG_KILLED;
	if (thread->flags & PF_EXITING)
		flags |= NSORPHAN_TASK_FLAG_EXITING;
	if (thread->flags & PF_IO_WORKER)
		flags |= NSORPHAN_TASK_FLAG_IO_WORKER;
	if (thread->in_execve)
		flags |= NSORPHAN_TASK_FLAG_IN_EXECVE;
	if (nso_compat_task_frozen(thread))
		flags |= NSORPHAN_TASK_FLAG_FROZEN;
	if (nso_task_is_dumping(thread))
		flags |= NSORPHAN_TASK_FLAG_DUMPING;
	if (is_vfork_child(thread))
		flags |= NSORPHAN_TASK_FLAG_VFORK_CHILD;
	return flags;
}

/* Tells whether a process lives in a pid namespace, or below it. */
static bool is_in_pidns(const struct task_struct *thread, u32 pidns)
{
	/* NULL once release_task() has unhashed the process. */
	const struct pid *pid = READ_ONCE(thread->signal->pids[PIDTYPE_TGID]);
	unsigned int level;

	for (level = 0; pid && level <= pid->level; level++)
		if (pid->numbers[level].ns->ns.inum == pidns)
			return true;
	return false;
}

/* Tells whether the thread is wanted, except for its container. */
static bool is_wanted(const struct nso_task_iter *iter,
		      const struct task_struct *thread)
{
	return (!iter->pid || thread->tgid == iter->pid) &&
	       (!iter->pidns || is_in_pidns(thread, iter->pidns));
}

/* Returns false if the process was reaped meanwhile. */
static bool take_task(struct nso_task *task, struct task_struct *thread,
		      u32 tid)
{
	memset(task, 0, sizeof(*task));
	nso_process_fill(&task->process, thread);
	task->tid = tid;
	task->leader_state = nso_task_state(READ_ONCE(thread->group_leader));
	task->state = nso_task_state(thread);
	task->flags = flags_of(thread);
	nso_cgroup_of_task(thread, &task->cgroup);
	return task->process.pid;
}

/*
 * Fills in the first thread from tid iter->nr on, if one that is wanted is among
 * the next few pids, and moves iter->nr past those that were looked at. Sets
 * *end after the last pid.
 */
static bool find_task(struct nso_task_iter *iter, struct nso_task *task,
		      bool *end)
{
	struct task_struct *thread;
	struct pid *pid;
	int n;

	for (n = 0; n < NSO_PIDS_PER_SECTION; n++) {
		pid = idr_get_next_ul(&init_pid_ns.idr, &iter->nr);
		if (!pid) {
			*end = true;
			return false;
		}
		iter->nr++;
		thread = pid_task(pid, PIDTYPE_PID);
		if (thread && is_wanted(iter, thread) &&
		    take_task(task, thread, pid->numbers[0].nr))
			return true;
	}
	return false;
}

/* Tells whether the container of the task is wanted. May sleep. */
static bool is_in_container(const struct nso_task_iter *iter,
			    const struct nso_task *task)
{
	/* On cgroup v1 a worker finds the container of a cgroup. */
	if (task->cgroup.container == NSO_CONTAINER_UNRESOLVED)
		nso_cgroup_table_flush();
	return !iter->container ||
	       nso_cgroup_container(&task->cgroup) == iter->container;
}

bool nso_task_iter_next(struct nso_task_iter *iter, struct nso_task *task)
{
	bool end = false, found = false;

	while (!found && !end) {
		nso_section_begin();
		found = find_task(iter, task, &end);
		nso_section_end();
		cond_resched();
		found = found && is_in_container(iter, task);
	}
	return found;
}
