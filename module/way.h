/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_WAY_H
#define NSORPHAN_WAY_H

#include <linux/compiler.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "verify.h"

/**
 * struct way - a kernel function that shows reparentings, and how it is watched
 * @name: of the function, in every kernel that has it
 * @decides: what it returns decides who adopts, so it tells before the children
 *	move; else it is called, or returns, when they have
 * @proven: may be taken without being asked for
 * @attach: starts to watch; 0, -ENOENT if this kernel has no such function, or
 *	another error. May sleep.
 * @detach: after it, no probe of this way runs or will. May sleep.
 * @missed: what came and was not seen, since attach(). Any context.
 * @symbol: what is watched, from attach() on: the function or a clone of it
 * @records: makes the events; else it is there to verify the way that does
 *
 * Its probes run with tasklist_lock held for writing, so one at a time.
 */
struct way {
	const char *name;
	bool decides;
	bool proven;
	int (*attach)(struct way *way);
	void (*detach)(void);
	u64 (*missed)(void);
	const char *symbol;
	bool records;
};

extern struct way way_forget;
extern struct way way_alive;
extern struct way way_pgrp;

/* Each way comes here with each adoption, whether it records or checks. */
static __always_inline void way_check(const struct way *way,
				      struct task_struct *father,
				      struct task_struct *new_parent)
{
	if (likely(!verify_running()))
		return;
	if (way->decides)
		verify_foretold(father, new_parent);
	else
		verify_seen(father, new_parent);
}

/* For the probes. Of a task's namespace, the init's thread that adopts. */
static inline struct task_struct *child_reaper(struct task_struct *task)
{
	return task_active_pid_ns(task)->child_reaper;
}

static inline struct task_struct *parent_of(const struct task_struct *child)
{
	return rcu_dereference_protected(child->real_parent, true);
}

#endif
