// SPDX-License-Identifier: GPL-2.0
/*
 * Which kernel functions are watched and how. Their names are here only.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <trace/events/signal.h>

#include "probe.h"
#include "reparent.h"
#include "teardown.h"

/*
 * forget_original_parent(father, dead) moves all the children at once. On
 * return they stand, in order, at the tail of the new parent's list. The
 * compiler inlines it into its only caller where it is free to.
 */

/* More children that die on their own at this moment are not remembered. */
#define MAX_DEAD	8

struct forget_call {
	struct task_struct *father;
	struct task_struct *first_child;
	struct task_struct *dead[MAX_DEAD];
	unsigned int nr_dead;
};

static int forget_entry(struct kretprobe_instance *instance,
			struct pt_regs *regs)
{
	struct forget_call *call = (void *)instance->data;
	struct task_struct *father = (void *)regs_get_kernel_argument(regs, 0);
	struct task_struct *child;

	/*
	 * No orphans: no children, or an init, whose children go to another of
	 * its threads, or do not outlive the teardown.
	 */
	if (list_empty(&father->children) ||
	    task_active_pid_ns(father)->child_reaper == father)
		return 1;

	call->father = father;
	call->first_child = list_first_entry(&father->children,
					     struct task_struct, sibling);
	call->nr_dead = 0;
	/* reparent_leader() passes those over; later ones it made so itself. */
	list_for_each_entry(child, &father->children, sibling)
		if (child->exit_state == EXIT_DEAD && call->nr_dead < MAX_DEAD)
			call->dead[call->nr_dead++] = child;
	return 0;
}

NOKPROBE_SYMBOL(forget_entry);

static bool was_dead(const struct forget_call *call,
		     const struct task_struct *child)
{
	unsigned int i;

	for (i = 0; i < call->nr_dead; i++)
		if (call->dead[i] == child)
			return true;
	return false;
}

static int forget_return(struct kretprobe_instance *instance,
			 struct pt_regs *regs)
{
	struct forget_call *call = (void *)instance->data;
	struct task_struct *child = call->first_child;
	struct task_struct *reaper =
		rcu_dereference_protected(child->real_parent, true);

	if (same_thread_group(reaper, call->father))
		return 0;
	list_for_each_entry_from(child, &reaper->children, sibling)
		if (!was_dead(call, child))
			reparent_record(child, call->father, reaper);
	return 0;
}

NOKPROBE_SYMBOL(forget_return);

static struct kretprobe forget_probe = {
	.kp.symbol_name = "forget_original_parent",
	.entry_handler = forget_entry,
	.handler = forget_return,
	.data_size = sizeof(struct forget_call),
	/* An init inside zap_pid_ns_processes() holds none: it was passed over. */
	.maxactive = 64,
};

static int forget_attach(void)
{
	return register_kretprobe(&forget_probe);
}

static void forget_detach(void)
{
	unregister_kretprobe(&forget_probe);
}

static u64 forget_missed(void)
{
	return forget_probe.nmissed + forget_probe.kp.nmissed;
}

/*
 * kill_orphaned_pgrp(child, father) is called by reparent_leader() for each
 * child that goes to another process, after it has gone there; and once for an
 * exiting process, with NULL for father. Only the exact symbol: a clone may
 * take other arguments.
 */
static int orphaned_pgrp_entry(struct kprobe *probe, struct pt_regs *regs)
{
	struct task_struct *child = (void *)regs_get_kernel_argument(regs, 0);
	struct task_struct *father = (void *)regs_get_kernel_argument(regs, 1);

	if (father)
		reparent_record(child, father,
				rcu_dereference_protected(child->real_parent,
							  true));
	return 0;
}

NOKPROBE_SYMBOL(orphaned_pgrp_entry);

static struct kprobe orphaned_pgrp_probe = {
	.symbol_name = "kill_orphaned_pgrp",
	.pre_handler = orphaned_pgrp_entry,
};

static int orphaned_pgrp_attach(void)
{
	return register_kprobe(&orphaned_pgrp_probe);
}

static void orphaned_pgrp_detach(void)
{
	unregister_kprobe(&orphaned_pgrp_probe);
}

static u64 orphaned_pgrp_missed(void)
{
	return orphaned_pgrp_probe.nmissed;
}

/* The ways in, best first: each sees every reparenting. */
static const struct reparent_way {
	const char *symbol;
	int (*attach)(void);
	void (*detach)(void);
	u64 (*missed)(void);
} ways[] = {
	{ "forget_original_parent",
	  forget_attach, forget_detach, forget_missed },
	{ "kill_orphaned_pgrp",
	  orphaned_pgrp_attach, orphaned_pgrp_detach, orphaned_pgrp_missed },
};

static const struct reparent_way *way_in;

static int reparent_start(const char *wanted)
{
	bool automatic = !strcmp(wanted, "auto");
	const struct reparent_way *way;
	char tried[128] = "";
	bool known = false;
	size_t len = 0;
	int err;

	for (way = ways; way < ways + ARRAY_SIZE(ways); way++) {
		if (!automatic && strcmp(wanted, way->symbol))
			continue;
		known = true;
		err = way->attach();
		if (!err) {
			way_in = way;
			return 0;
		}
		len += scnprintf(tried + len, sizeof(tried) - len, "%s%s (%d)",
				 len ? ", " : "", way->symbol, err);
	}
	if (!known) {
		pr_err("reparent_probe=%s: not auto or a function that can be watched\n",
		       wanted);
		return -EINVAL;
	}
	pr_err("this kernel cannot be watched for reparentings: tried %s\n",
	       tried);
	return -EOPNOTSUPP;
}

/*
 * zap_pid_ns_processes(ns) is called by the last thread of a namespace's init,
 * and sleeps until the namespace is empty: hours, if need be. Each such call
 * holds one instance.
 */
static atomic64_t zap_refused;

static int zap_entry(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	if (teardown_begin((void *)regs_get_kernel_argument(regs, 0)))
		return 0;
	atomic64_inc(&zap_refused);
	return 1;
}

NOKPROBE_SYMBOL(zap_entry);

static int zap_return(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	teardown_end();
	return 0;
}

NOKPROBE_SYMBOL(zap_return);

static struct kretprobe zap_probe = {
	.kp.symbol_name = "zap_pid_ns_processes",
	.entry_handler = zap_entry,
	.handler = zap_return,
	.maxactive = TEARDOWN_MAX,
};

/*
 * The teardown goes over its processes by idr_get_next(&ns->idr, &nr). Only
 * there can be seen what a process did before the SIGKILL woke it up.
 */
static int idr_next_entry(struct kprobe *probe, struct pt_regs *regs)
{
	int *nr = (void *)regs_get_kernel_argument(regs, 1);

	if (unlikely(current->flags & PF_EXITING))
		teardown_next((void *)regs_get_kernel_argument(regs, 0), *nr);
	return 0;
}

NOKPROBE_SYMBOL(idr_next_entry);

static struct kprobe idr_next_probe = {
	.symbol_name = "idr_get_next",
	.pre_handler = idr_next_entry,
};

/* signal_generate is fired by __send_signal_locked(), under siglock. */
static void signal_generated(void *data, int sig, struct kernel_siginfo *info,
			     struct task_struct *task, int group, int result)
{
	/* As zap_pid_ns_processes() sends it, and to one that is not dying. */
	if (likely(sig != SIGKILL) || info != SEND_SIG_PRIV ||
	    result != TRACE_SIGNAL_DELIVERED ||
	    !(current->flags & PF_EXITING) || !in_task())
		return;
	teardown_kill(task);
}

static struct tracepoint *signal_tracepoint;

/* The tracepoint itself is not exported to modules. */
static void find_signal_tracepoint(struct tracepoint *tracepoint, void *data)
{
	if (!strcmp(tracepoint->name, "signal_generate"))
		signal_tracepoint = tracepoint;
}

static int teardown_start(void)
{
	int err;

	err = register_kretprobe(&zap_probe);
	if (err) {
		pr_err("this kernel cannot be watched for teardowns: tried zap_pid_ns_processes (%d)\n",
		       err);
		return -EOPNOTSUPP;
	}
	err = register_kprobe(&idr_next_probe);
	if (err) {
		pr_err("this kernel cannot be watched for teardowns: tried idr_get_next (%d)\n",
		       err);
		goto err_zap;
	}
	for_each_kernel_tracepoint(find_signal_tracepoint, NULL);
	err = signal_tracepoint ?
		tracepoint_probe_register(signal_tracepoint, signal_generated,
					  NULL) : -ENOENT;
	if (err) {
		pr_err("this kernel cannot be watched for teardowns: tried tracepoint signal_generate (%d)\n",
		       err);
		goto err_idr;
	}
	return 0;

err_idr:
	unregister_kprobe(&idr_next_probe);
err_zap:
	unregister_kretprobe(&zap_probe);
	return -EOPNOTSUPP;
}

static void teardown_stop(void)
{
	tracepoint_probe_unregister(signal_tracepoint, signal_generated, NULL);
	tracepoint_synchronize_unregister();
	unregister_kprobe(&idr_next_probe);
	/*
	 * A task that still sleeps in zap_pid_ns_processes() keeps its instance:
	 * the kernel forgets our handler for it and frees it in the end.
	 */
	unregister_kretprobe(&zap_probe);
}

int probe_start(const char *way)
{
	int err;

	err = reparent_start(way);
	if (err)
		return err;
	err = teardown_start();
	if (err)
		way_in->detach();
	return err;
}

void probe_stop(void)
{
	teardown_stop();
	way_in->detach();
}

const char *probe_reparent_symbol(void)
{
	return way_in->symbol;
}

const char *probe_teardown_symbol(void)
{
	return zap_probe.kp.symbol_name;
}

u64 probe_missed(void)
{
	return way_in->missed() + zap_probe.nmissed + zap_probe.kp.nmissed +
	       atomic64_read(&zap_refused) + idr_next_probe.nmissed;
}
