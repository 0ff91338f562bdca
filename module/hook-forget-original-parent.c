// SPDX-License-Identifier: GPL-2.0
#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/ptrace.h>
#include <linux/sched/jobctl.h>
#include <linux/sched/signal.h>
#include <linux/threads.h>
#include <linux/vmalloc.h>

#include "crosscheck.h"
#include "exit-helpers.h"
#include "hook.h"
#include "process.h"
#include "reparent.h"

/*
 * forget_original_parent(father, dead) moves all the children at once. On
 * return they stand, in order, at the tail of the new parent's list. Most
 * compilers inline it into its only caller.
 */

/* What a child was on entry; on return it may have been signalled or reaped. */
enum {
	SEEN_DEAD = 0xfe, /* reaped by then: reparent_leader() skips it */
	SEEN_LET_GO = 0xff, /* father's first act wakes it: see it on return */
	/* else enum nsorphan_task_state */
};

/* Of each child in order. Enough for any father. */
static u8 *seen;

struct nso_forget_call {
	struct task_struct *father;
	struct task_struct *first_child;
};

/* __ptrace_detach() is about to reap it for father, its parent and tracer. */
static bool dies_on_detach(struct task_struct *child,
			   struct task_struct *father)
{
	const struct k_sigaction *action =
		&rcu_dereference_protected(father->sighand, true)
			 ->action[SIGCHLD - 1];

	return child->exit_state == EXIT_ZOMBIE && thread_group_empty(child) &&
	       (action->sa.sa_handler == SIG_IGN ||
		action->sa.sa_flags & SA_NOCLDWAIT);
}

/* exit_ptrace() kills it, or __ptrace_unlink() ends its stop. */
static bool wakes_on_detach(const struct task_struct *child)
{
	return child->ptrace & PT_EXITKILL || task_is_traced(child) ||
	       child->jobctl & JOBCTL_STOP_PENDING ||
	       child->signal->flags & SIGNAL_STOP_STOPPED ||
	       child->signal->group_stop_count;
}

static u8 see(struct task_struct *child, struct task_struct *father)
{
	bool traced = child->ptrace &&
		      rcu_access_pointer(child->parent) == father;

	if (child->exit_state == EXIT_DEAD ||
	    (traced && dies_on_detach(child, father)))
		return SEEN_DEAD;
	if (traced && wakes_on_detach(child))
		return SEEN_LET_GO;
	return nso_task_state(child);
}

static int forget_entry(struct kretprobe_instance *instance,
			struct pt_regs *regs)
{
	struct nso_forget_call *call = (void *)instance->data;
	struct task_struct *father = (void *)regs_get_kernel_argument(regs, 0);
	struct task_struct *child;
	unsigned int n = 0;

	/*
	 * No orphans: no children, or an init, whose children go to another of
	 * its threads, or do not outlive the teardown. That one would drop the
	 * lock, too; all others keep it until the return.
	 */
	if (list_empty(&father->children) || nso_child_reaper(father) == father)
		return 1;

	nso_crosscheck_flush();
	nso_hook_enter(father);
	call->father = father;
	call->first_child = list_first_entry(&father->children,
					     struct task_struct, sibling);
	list_for_each_entry(child, &father->children, sibling)
		seen[n++] = see(child, father);
	return 0;
}

NOKPROBE_SYMBOL(forget_entry);

static void forgotten(struct nso_forget_call *call,
		      struct task_struct *new_parent)
{
	struct task_struct *child = call->first_child;
	unsigned int n = 0;

	list_for_each_entry_from(child, &new_parent->children, sibling) {
		u8 state = seen[n++];

		if (state == SEEN_DEAD)
			continue;
		if (state == SEEN_LET_GO)
			state = nso_reparent_child_state(child);
		if (nso_hook_forget_original_parent.records)
			nso_reparent_child(child, state, call->father,
					   new_parent);
		nso_hook_crosscheck(&nso_hook_forget_original_parent,
				    new_parent);
	}
	if (nso_hook_forget_original_parent.records)
		nso_reparent_end();
}

NOKPROBE_SYMBOL(forgotten);

static int forget_return(struct kretprobe_instance *instance,
			 struct pt_regs *regs)
{
	struct nso_forget_call *call = (void *)instance->data;
	struct task_struct *new_parent = nso_parent_of(call->first_child);

	if (!same_thread_group(new_parent, call->father))
		forgotten(call, new_parent);
	nso_crosscheck_flush();
	return 0;
}

NOKPROBE_SYMBOL(forget_return);

static struct kretprobe forget_probe;

static int forget_attach(struct nso_hook *hook)
{
	int err;

	seen = vmalloc(PID_MAX_LIMIT * sizeof(*seen));
	if (!seen)
		return -ENOMEM;
	forget_probe = (struct kretprobe) {
		.kp.symbol_name = hook->name,
		.entry_handler = forget_entry,
		.handler = forget_return,
		.data_size = sizeof(struct nso_forget_call),
		/* More than enough: one at a time holds the lock. */
		.maxactive = 64,
	};
	err = register_kretprobe(&forget_probe);
	if (err) {
		vfree(seen);
		return err;
	}
	hook->symbol = hook->name;
	return 0;
}

static void forget_detach(void)
{
	unregister_kretprobe(&forget_probe);
	vfree(seen);
}

static u64 forget_missed(void)
{
	return forget_probe.nmissed + forget_probe.kp.nmissed;
}

struct nso_hook nso_hook_forget_original_parent = {
	.name = "forget_original_parent",
	.proven = true,
	.attach = forget_attach,
	.detach = forget_detach,
	.missed = forget_missed,
};
