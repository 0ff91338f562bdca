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
 * forget_original_parent(father, dead) moves all children at once. When it
 * returns, the children are at the tail of the new parent's list, in the order
 * that they had. Most compilers inline it into its only caller.
 */

/*
 * The states of the children on entry, as enum nsorphan_task_state, in the
 * order of the list: when the function returns, children may have been sent
 * signals or have been reaped. There is room for all children that a process
 * can have. Two more values:
 */
enum {
	STATE_DEAD = 0xfe,	/* reaped before reparent_leader() sees it */
	STATE_ON_RETURN = 0xff,	/* woken up before it moves: to be read then */
};

static u8 *states;

struct nso_forget_call {
	struct task_struct *father;
	struct task_struct *first_child;
};

/* Tells whether __ptrace_detach() will reap child, which father traces. */
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

/* Tells whether exit_ptrace() will kill child or end its stop. */
static bool wakes_on_detach(const struct task_struct *child)
{
	return child->ptrace & PT_EXITKILL || task_is_traced(child) ||
	       child->jobctl & JOBCTL_STOP_PENDING ||
	       child->signal->flags & SIGNAL_STOP_STOPPED ||
	       child->signal->group_stop_count;
}

static u8 state_on_entry(struct task_struct *child, struct task_struct *father)
{
	bool traced = child->ptrace &&
		      rcu_access_pointer(child->parent) == father;

	if (child->exit_state == EXIT_DEAD ||
	    (traced && dies_on_detach(child, father)))
		return STATE_DEAD;
	if (traced && wakes_on_detach(child))
		return STATE_ON_RETURN;
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
	 * Skip the return probe if there will be no orphans: father has no
	 * children, or is the init of its namespace, whose children go to
	 * another thread of it or are killed by the teardown. For an init the
	 * function drops tasklist_lock; for all others it holds the lock until
	 * it returns.
	 */
	if (list_empty(&father->children) || nso_child_reaper(father) == father)
		return 1;

	nso_crosscheck_flush();
	nso_hook_enter(father);
	call->father = father;
	call->first_child = list_first_entry(&father->children,
					     struct task_struct, sibling);
	list_for_each_entry(child, &father->children, sibling)
		states[n++] = state_on_entry(child, father);
	return 0;
}

NOKPROBE_SYMBOL(forget_entry);

static void forgotten(struct nso_forget_call *call,
		      struct task_struct *new_parent)
{
	struct task_struct *child = call->first_child;
	unsigned int n = 0;

	list_for_each_entry_from(child, &new_parent->children, sibling) {
		u8 state = states[n++];

		if (state == STATE_DEAD)
			continue;
		if (state == STATE_ON_RETURN)
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

	states = vmalloc(PID_MAX_LIMIT * sizeof(*states));
	if (!states)
		return -ENOMEM;
	forget_probe = (struct kretprobe) {
		.kp.symbol_name = hook->name,
		.entry_handler = forget_entry,
		.handler = forget_return,
		.data_size = sizeof(struct nso_forget_call),
		/* More than enough: tasklist_lock is held. */
		.maxactive = 64,
	};
	err = register_kretprobe(&forget_probe);
	if (err) {
		vfree(states);
		return err;
	}
	hook->symbol = hook->name;
	return 0;
}

static void forget_detach(void)
{
	unregister_kretprobe(&forget_probe);
	vfree(states);
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
