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
 * @boot_ns: time of the events of its orphans; written by reparent.c, like the
 *	next five
 * @adoption: what the events of its orphans share
 * @css_set: that of the last orphan; NULL if there was none. Compared only
 * @cgroup: the cgroup that goes with @css_set
 * @orphans: number of orphans that the ledger has not been told of
 * @adopted: @boot_ns and @adoption are set
 * @searched: find_alive_thread() was called for this dying parent; written by
 *	hook-find-alive-thread.c, like the next three
 * @partial: the hook was attached shortly before, so it may have missed the
 *	first calls for this dying parent
 * @unresolved: the new parent is not known yet
 * @null_returns: calls of find_alive_thread() that returned NULL, the first of
 *	them for the dying parent itself
 * @new_parent: the predicted new parent; written by crosscheck.c, like the next
 *	one
 * @pending: predicted adoptions that have not been observed yet
 *
 * There is one at a time: forget_original_parent() in kernel/exit.c works with
 * tasklist_lock held for writing, and so do the probes that use this.
 */
struct nso_dying_parent {
	struct task_struct *task;
	u64 start_ns;

	u64 boot_ns;
	struct nso_adoption adoption;
	const struct css_set *css_set;
	struct nso_cgroup cgroup;
	u32 orphans;
	bool adopted;

	bool searched;
	bool partial;
	bool unresolved;
	unsigned int null_returns;

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

/* Counts that the dying parent stays unresolved, and has that announced. */
void nso_dying_parent_count_unresolved(void);

/* Makes father the dying parent, which it is not yet. */
static __always_inline void nso_dying_parent_begin(struct task_struct *father)
{
	struct nso_dying_parent *dying = &nso_dying_parent;

	if (unlikely(READ_ONCE(dying->unresolved) && !dying->partial))
		nso_dying_parent_count_unresolved();
	dying->task = father;
	dying->start_ns = father->start_boottime;
	dying->pending = 0;
	dying->null_returns = 0;
	dying->adopted = false;
	dying->searched = false;
	dying->partial = false;
	WRITE_ONCE(dying->unresolved, false);
}

/* Returns how many dying parents stayed unresolved, since loading. */
u64 nso_dying_parents_unresolved(void);

#endif
