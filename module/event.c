// SPDX-License-Identifier: GPL-2.0
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>

#include "event.h"

void event_process(struct process *process, struct task_struct *task)
{
	struct task_struct *leader = READ_ONCE(task->group_leader);
	/* NULL once release_task() has unhashed the process. */
	struct pid *pid = READ_ONCE(leader->signal->pids[PIDTYPE_TGID]);

	if (pid) {
		event_pids(process, pid);
	} else {
		process->pid = 0;
		process->ns_pid = 0;
		process->pidns = 0;
	}
	event_names(process, leader);
}

int event_exit_status(struct task_struct *task)
{
	struct signal_struct *signal = task->signal;

	if (signal->flags & SIGNAL_GROUP_EXIT)
		return signal->group_exit_code;
	return task->group_leader->exit_code;
}
