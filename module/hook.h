/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSO_HOOK_H
#define NSO_HOOK_H

#include <linux/compiler.h>
#include <linux/sched.h>
#include <linux/types.h>

#include "crosscheck.h"
#include "dying-parent.h"

/**
 * struct nso_hook - a kernel function that is watched for reparentings
 * @name: name of the function, the same in every kernel that has it
 * @decides: the return value of the function decides who adopts, so the hook
 *	runs before the children move; otherwise it runs after they have moved
 * @proven: the hook may be chosen by reparent_probe=auto
 * @attach: attaches the probe. Returns 0, -ENOENT if this kernel has no such
 *	function, or another negative errno. May sleep.
 * @detach: detaches the probe, which does not run any more when detach()
 *	returns. May sleep.
 * @missed: returns the number of missed hits since attach(). Any context.
 * @symbol: the symbol that is watched, set by attach(): the function or a
 *	clone of it
 * @records: the hook records events; otherwise it checks the one that does
 *
 * The probe of a hook runs with tasklist_lock held for writing, so never twice
 * at the same time.
 */
struct nso_hook {
	const char *name;
	bool decides;
	bool proven;
	int (*attach)(struct nso_hook *hook);
	void (*detach)(void);
	u64 (*missed)(void);
	const char *symbol;
	bool records;
};

extern struct nso_hook nso_hook_forget_original_parent;
extern struct nso_hook nso_hook_find_alive_thread;
extern struct nso_hook nso_hook_kill_orphaned_pgrp;

/* Makes father the dying parent, unless it is. Each probe calls it first. */
static __always_inline void nso_hook_enter(struct task_struct *father)
{
	if (nso_dying_parent_is(father))
		return;
	nso_crosscheck_end_parent();
	nso_dying_parent_begin(father);
}

/*
 * Reports one adoption to the crosscheck, if that is running. Each hook calls
 * it for each adoption, whether it records or checks; the dying parent has been
 * entered.
 */
static __always_inline void nso_hook_crosscheck(const struct nso_hook *hook,
						struct task_struct *new_parent)
{
	if (likely(!nso_crosscheck_running()))
		return;
	if (hook->decides)
		nso_crosscheck_predicted(new_parent);
	else
		nso_crosscheck_observed(new_parent);
}

#endif
