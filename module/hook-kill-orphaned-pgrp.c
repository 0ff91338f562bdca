// SPDX-License-Identifier: GPL-2.0
#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/sched.h>

#include "crosscheck.h"
#include "exit-helpers.h"
#include "hook.h"
#include "reparent.h"

/*
 * reparent_leader() calls kill_orphaned_pgrp(child, father) for each child that
 * moves to another process, after the child has moved. exit_notify() calls it
 * once for each exiting process, with NULL for father. Only the exact symbol is
 * watched, since a clone may take other arguments.
 */

/* Tells whether this hook will run for no child behind this one. */
static bool is_last(const struct task_struct *child,
		    struct task_struct *father)
{
	list_for_each_entry_continue(child, &father->children, sibling)
		if (child->exit_state != EXIT_DEAD)
			return false;
	return true;
}

static int pgrp_entry(struct kprobe *probe, struct pt_regs *regs)
{
	struct task_struct *child = (void *)regs_get_kernel_argument(regs, 0);
	struct task_struct *father = (void *)regs_get_kernel_argument(regs, 1);
	struct task_struct *new_parent;

	if (!father) {
		nso_crosscheck_flush();
		return 0;
	}
	nso_hook_enter(father);
	new_parent = nso_parent_of(child);
	if (likely(nso_hook_kill_orphaned_pgrp.records)) {
		nso_reparent_child(child, nso_reparent_child_state(child),
				   father, new_parent);
		if (is_last(child, father))
			nso_reparent_end();
	}
	nso_hook_crosscheck(&nso_hook_kill_orphaned_pgrp, new_parent);
	return 0;
}

NOKPROBE_SYMBOL(pgrp_entry);

static struct kprobe pgrp_probe;

static int pgrp_attach(struct nso_hook *hook)
{
	pgrp_probe = (struct kprobe) {
		.symbol_name = hook->name,
		.pre_handler = pgrp_entry,
	};
	hook->symbol = hook->name;
	return register_kprobe(&pgrp_probe);
}

static void pgrp_detach(void)
{
	unregister_kprobe(&pgrp_probe);
}

static u64 pgrp_missed(void)
{
	return pgrp_probe.nmissed;
}

struct nso_hook nso_hook_kill_orphaned_pgrp = {
	.name = "kill_orphaned_pgrp",
	.proven = true,
	.attach = pgrp_attach,
	.detach = pgrp_detach,
	.missed = pgrp_missed,
};
