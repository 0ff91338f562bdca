// SPDX-License-Identifier: GPL-2.0
#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "event.h"

void event_process(struct process *process, struct task_struct *task)
{
	struct task_struct *leader = READ_ONCE(task->group_leader);
	struct pid *pid;

	rcu_read_lock();
	/* NULL once release_task() has unhashed the process. */
	pid = READ_ONCE(leader->signal->pids[PIDTYPE_TGID]);
	if (pid) {
		struct upid *own = &pid->numbers[pid->level];

		process->pid = pid->numbers[0].nr;
		process->ns_pid = own->nr;
		process->pidns = own->ns->ns.inum;
	} else {
		process->pid = 0;
		process->ns_pid = 0;
		process->pidns = 0;
	}
	process->uid = __kuid_val(__task_cred(leader)->uid);
	rcu_read_unlock();

	process->start_ns = leader->start_boottime;
	/*
	 * Without task_lock(), which does not nest inside tasklist_lock: a
	 * rename at this moment may show half of each name.
	 */
	memcpy(process->comm, leader->comm, TASK_COMM_LEN);
	process->comm[TASK_COMM_LEN - 1] = '\0';
}

enum nsorphan_task_state event_task_state(struct task_struct *task)
{
	/* nsorphan_task_state is in the order of task_state_array[] there. */
	unsigned int state = task_state_index(task);

	return state <= NSORPHAN_TASK_STATE_IDLE ? state : EVENT_STATE_UNKNOWN;
}

u64 event_cgroup(struct task_struct *task)
{
	u64 id;

	rcu_read_lock();
	id = cgroup_id(rcu_dereference(task->cgroups)->dfl_cgrp);
	rcu_read_unlock();
	return id;
}

int event_exit_status(struct task_struct *task)
{
	struct signal_struct *signal = task->signal;

	if (signal->flags & SIGNAL_GROUP_EXIT)
		return signal->group_exit_code;
	return task->group_leader->exit_code;
}
