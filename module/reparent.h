/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_REPARENT_H
#define NSORPHAN_REPARENT_H

#include <linux/sched.h>

/*
 * Records that child lost father, which is current and dying, and got
 * new_parent. Called where forget_original_parent() in kernel/exit.c does it:
 * tasklist_lock held for writing, interrupts off.
 */
void reparent_record(struct task_struct *child, struct task_struct *father,
		     struct task_struct *new_parent);

#endif
