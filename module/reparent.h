/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSO_REPARENT_H
#define NSO_REPARENT_H

#include <linux/sched.h>

#include "nsorphan.h"

/*
 * All of these: called where forget_original_parent() in kernel/exit.c works on
 * father, which is current and dying: tasklist_lock held for writing. No locks.
 */

/* What child does, which was just moved to its new parent. */
enum nsorphan_task_state nso_reparent_child_state(struct task_struct *child);

/*
 * Records that father's children lost him and got new_parent, at a moment when
 * nothing has happened to them yet.
 */
void nso_reparent_children(struct task_struct *father,
			   struct task_struct *new_parent);

/*
 * The same of one child after another, each with the state it was in; then
 * end, in the same hold of tasklist_lock. No child was EXIT_DEAD when that
 * began, so each has its pid.
 */
void nso_reparent_child(struct task_struct *child,
			enum nsorphan_task_state state,
			struct task_struct *father,
			struct task_struct *new_parent);
void nso_reparent_end(void);

#endif
