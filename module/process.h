/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What events say of a process, and how it is read from a task.
 *
 * All functions here are hardirq-safe, take no lock and need preemption
 * disabled, which makes the caller an RCU-sched reader. The caller keeps the
 * task valid: it holds tasklist_lock, is in an RCU read-side critical section
 * besides, or the task is current.
 */
#ifndef NSO_PROCESS_H
#define NSO_PROCESS_H

#include <linux/cred.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/types.h>

#include "compat.h"
#include "nsorphan.h"

/**
 * struct nso_process - identity of a process at the time of an event
 * @start_ns: start time, CLOCK_BOOTTIME (field 22 of /proc/PID/stat), in ns
 * @pid: tgid in the initial pid namespace; 0 if the process was reaped
 * @ns_pid: tgid in the pid namespace of the process
 * @pidns: inode number of that namespace
 * @uid: real user id in the initial user namespace
 * @comm: name, NUL-terminated, any bytes
 */
struct nso_process {
	u64 start_ns;
	u32 pid;
	u32 ns_pid;
	u32 pidns;
	u32 uid;
	char comm[TASK_COMM_LEN];
};

/* Fills in the identity of the process of task: that of the group leader. */
void nso_process_fill(struct nso_process *process, struct task_struct *task);

/*
 * Fills in the identity of the parent of the process of task, and returns a
 * thread of that parent. Needs rcu_read_lock(), not tasklist_lock.
 */
struct task_struct *nso_process_fill_parent(struct nso_process *process,
					    struct task_struct *task);

/*
 * The two parts of nso_process_fill(): from the pid of a process that is not
 * reaped yet, and from its group leader. Inlined because every orphan needs
 * them.
 */
static __always_inline void nso_process_fill_pids(struct nso_process *process,
						  const struct pid *pid)
{
	const struct upid *own = &pid->numbers[pid->level];

	process->pid = pid->numbers[0].nr;
	process->ns_pid = own->nr;
	process->pidns = own->ns->ns.inum;
}

static __always_inline void nso_process_fill_names(struct nso_process *process,
						   struct task_struct *leader)
{
	process->uid =
		__kuid_val(rcu_dereference_sched(leader->real_cred)->uid);
	process->start_ns = leader->start_boottime;
	/*
	 * Without task_lock(), which does not nest inside tasklist_lock: a copy
	 * made during a rename may mix both names. The copy is still
	 * terminated: __set_task_comm() never stores anything but NUL in the
	 * last byte.
	 */
	memcpy(process->comm, leader->comm, TASK_COMM_LEN);
}

/* The same as nso_process_fill(), inlined for hot paths. */
static __always_inline void nso_process_fill_inline(struct nso_process *process,
						    struct task_struct *task)
{
	/* NULL once release_task() has unhashed the process. */
	struct pid *pid = READ_ONCE(task->signal->pids[PIDTYPE_TGID]);

	if (likely(pid)) {
		nso_process_fill_pids(process, pid);
	} else {
		process->pid = 0;
		process->ns_pid = 0;
		process->pidns = 0;
	}
	nso_process_fill_names(process, READ_ONCE(task->group_leader));
}

/*
 * Returns the pid namespace of which the process of task is the init, or NULL if
 * it is none or that of the machine.
 */
static inline struct pid_namespace *nso_namespace_of_init(struct task_struct *task)
{
	struct pid *pid = READ_ONCE(task->signal->pids[PIDTYPE_TGID]);

	return pid && pid->level && pid->numbers[pid->level].nr == 1 ?
		       pid->numbers[pid->level].ns : NULL;
}

/*
 * Returns the state of task, as get_task_state() in fs/proc/array.c finds it.
 */
static __always_inline enum nsorphan_task_state
nso_task_state(struct task_struct *task)
{
	/* nsorphan_task_state is in the order of task_state_array[] there. */
	BUILD_BUG_ON(TASK_REPORT_MAX != 1 << NSORPHAN_TASK_STATE_IDLE);
	/* Fast path: most tasks are in interruptible sleep. */
	if (likely(nso_compat_task_state(task) == TASK_INTERRUPTIBLE &&
		   !task->exit_state))
		return NSORPHAN_TASK_STATE_SLEEPING;
	return task_state_index(task);
}

#endif
