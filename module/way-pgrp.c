// SPDX-License-Identifier: GPL-2.0
#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/sched.h>

#include "reparent.h"
#include "verify.h"
#include "way.h"

/*
 * kill_orphaned_pgrp(child, father) is called by reparent_leader() for each
 * child that goes to another process, after it has gone there; and once for an
 * exiting process, with NULL for father. Only the exact symbol: a clone may
 * take other arguments.
 */

/* reparent_leader() comes here with none of those behind child. */
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
		verify_settle();
		return 0;
	}
	new_parent = parent_of(child);
	if (likely(way_pgrp.records)) {
		reparent_child(child, reparent_child_state(child), father,
			       new_parent);
		if (is_last(child, father))
			reparent_end();
	}
	way_check(&way_pgrp, father, new_parent);
	return 0;
}

NOKPROBE_SYMBOL(pgrp_entry);

static struct kprobe pgrp_probe;

static int pgrp_attach(struct way *way)
{
	pgrp_probe = (struct kprobe) {
		.symbol_name = way->name,
		.pre_handler = pgrp_entry,
	};
	way->symbol = way->name;
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

struct way way_pgrp = {
	.name = "kill_orphaned_pgrp",
	.proven = true,
	.attach = pgrp_attach,
	.detach = pgrp_detach,
	.missed = pgrp_missed,
};
