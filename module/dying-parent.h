/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSO_DYING_PARENT_H
#define NSO_DYING_PARENT_H

#include <linux/compiler.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "event.h"

/**
 * struct nso_dying_parent - the thread whose children are being reparented
 * @task: the dying thread; compared, never dereferenced once it is gone
 * @start_ns: its start time
 * @adopted: @boot_ns and @adoption are set; of reparent.c
 * @boot_ns: time of its orphans' events
 * @adoption: what the events of its orphans share
 * @null_returns: calls of find_alive_thread() that returned NULL, the first of
 *	them for the dying parent itself; of hook-find-alive-thread.c, as the
 *	next three
 * @searched: find_alive_thread() was called for this dying parent
 * @unresolved: its new parent is not known yet
 * @partial: the hook was attached shortly before, so it may have missed the
 *	first calls for this dying parent
 * @new_parent: the predicted new parent; of crosscheck.c, as the next one
 * @pending: predicted adoptions that have not been observed yet
 *
 * There is one at a time: forget_original_parent() in kernel/exit.c works with
 * tasklist_lock held for writing, and so do the probes that use this.
 */
struct nso_dying_parent {
	struct task_struct *task;
	u64 start_ns;

	bool adopted;
	u64 boot_ns;
	struct nso_adoption adoption;

	unsigned int null_returns;
	bool searched;
	bool unresolved;
	bool partial;

	struct task_struct *new_parent;
	u64 pending;
};

extern struct nso_dying_parent nso_dying_parent;

/*
 * Tells whether father is the dying parent already. task_structs are reused;
 * pointer plus start time identifies the task.
 */
static __always_inline bool
nso_dying_parent_is(const struct task_struct *father)
{
	return nso_dying_parent.task == father &&
	       nso_dying_parent.start_ns == father->start_boottime;
}

/* Makes father the dying parent, which it is not yet. */
void nso_dying_parent_begin(struct task_struct *father);

/* Returns how many dying parents stayed unresolved, since loading. */
u64 nso_dying_parents_unresolved(void);

#endif
