/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reparent events. Hooks call these while forget_original_parent() in
 * kernel/exit.c works on father, which is current and dying, and has been
 * entered as the dying parent. tasklist_lock is held for writing; no function
 * here takes a lock.
 */
#ifndef NSO_REPARENT_H
#define NSO_REPARENT_H

#include <linux/sched.h>

#include "nsorphan.h"

/* Returns the state of a child that was just moved to its new parent. */
enum nsorphan_task_state nso_reparent_child_state(struct task_struct *child);

/*
 * Records that new_parent adopts all children of father. No child has moved
 * yet, been sent a signal or been reaped.
 */
void nso_reparent_children(struct task_struct *father,
			   struct task_struct *new_parent);

/*
 * Record the same for one child after another, each with the state that it was
 * in. No child was EXIT_DEAD when forget_original_parent() began, so each still
 * has its pid. nso_reparent_end() follows the last child, before tasklist_lock
 * is released.
 */
void nso_reparent_child(struct task_struct *child,
			enum nsorphan_task_state state,
			struct task_struct *father,
			struct task_struct *new_parent);
void nso_reparent_end(void);

#endif
