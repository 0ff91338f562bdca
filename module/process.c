// SPDX-License-Identifier: GPL-2.0
#include <linux/rcupdate.h>

#include "process.h"

void nso_process_fill(struct nso_process *process, struct task_struct *task)
{
	nso_process_fill_inline(process, task);
}

/*
 * tasklist_lock is not held, so the parent may be dying at this moment. Once
 * it is reaped it has no pid any more, and real_parent points to the adopter.
 */
struct task_struct *nso_process_fill_parent(struct nso_process *process,
					    struct task_struct *task)
{
	struct task_struct *parent;
	int tries = 3;

	do {
		parent = rcu_dereference(task->real_parent);
		nso_process_fill(process, parent);
	} while (!process->pid && --tries);
	return parent;
}
