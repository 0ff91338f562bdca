// SPDX-License-Identifier: GPL-2.0
/*
 * Which kernel functions are watched for reparentings, and how. Each way in
 * sees all of them; which kernel has which, the compiler decided.
 *
 * Probes here run with tasklist_lock held for writing, so one at a time.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/threads.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "event.h"
#include "probe-reparent.h"
#include "reparent.h"
#include "verify.h"

struct way {
	const char *name;
	/* Foretells the new parent; the others see it. */
	bool foretells;
	/* May be taken without being asked for. */
	bool proven;
	int (*attach)(struct way *way);
	void (*detach)(void);
	u64 (*missed)(void);
	/* What is watched, from attach() on: the function or a clone of it. */
	const char *symbol;
	/* Makes the events; else it is there to verify the way that does. */
	bool records;
};

/* Each way comes here with each adoption, whether it records or checks. */
static __always_inline void checked(const struct way *way,
				    struct task_struct *father,
				    struct task_struct *new_parent)
{
	if (likely(!verify_running()))
		return;
	if (way->foretells)
		verify_foretold(father, new_parent);
	else
		verify_seen(father, new_parent);
}

static struct task_struct *parent_of(const struct task_struct *child)
{
	return rcu_dereference_protected(child->real_parent, true);
}

/*
 * forget_original_parent(father, dead) moves all the children at once. On
 * return they stand, in order, at the tail of the new parent's list. Most
 * compilers inline it into its only caller.
 */
static struct way forget_way;

/* What a child was on entry; on return it may have been signalled or reaped. */
enum {
	SEEN_DEAD = 0xfe,	/* reaped by then: reparent_leader() skips it */
	SEEN_TRACED = 0xff,	/* by father, whose first act is to let it go */
	/* else enum nsorphan_task_state */
};

/* Of each child in order. Enough for any father. */
static u8 *seen;

struct forget_call {
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

static u8 see(struct task_struct *child, struct task_struct *father)
{
	bool traced = child->ptrace && rcu_access_pointer(child->parent) == father;

	if (child->exit_state == EXIT_DEAD ||
	    (traced && dies_on_detach(child, father)))
		return SEEN_DEAD;
	return traced ? SEEN_TRACED : event_task_state(child);
}

static int forget_entry(struct kretprobe_instance *instance,
			struct pt_regs *regs)
{
	struct forget_call *call = (void *)instance->data;
	struct task_struct *father = (void *)regs_get_kernel_argument(regs, 0);
	struct task_struct *child;
	unsigned int n = 0;

	/*
	 * No orphans: no children, or an init, whose children go to another of
	 * its threads, or do not outlive the teardown. That one would drop the
	 * lock, too; all others keep it until the return.
	 */
	if (list_empty(&father->children) ||
	    task_active_pid_ns(father)->child_reaper == father)
		return 1;

	verify_settle();
	call->father = father;
	call->first_child = list_first_entry(&father->children,
					     struct task_struct, sibling);
	list_for_each_entry(child, &father->children, sibling)
		seen[n++] = see(child, father);
	return 0;
}

NOKPROBE_SYMBOL(forget_entry);

static void forgotten(struct forget_call *call, struct task_struct *new_parent)
{
	struct task_struct *child = call->first_child;
	unsigned int n = 0;

	list_for_each_entry_from(child, &new_parent->children, sibling) {
		u8 state = seen[n++];

		if (state == SEEN_DEAD)
			continue;
		if (state == SEEN_TRACED)
			state = reparent_child_state(child);
		if (forget_way.records)
			reparent_child(child, state, call->father, new_parent);
		checked(&forget_way, call->father, new_parent);
	}
	if (forget_way.records)
		reparent_end();
}

NOKPROBE_SYMBOL(forgotten);

static int forget_return(struct kretprobe_instance *instance,
			 struct pt_regs *regs)
{
	struct forget_call *call = (void *)instance->data;
	struct task_struct *new_parent = parent_of(call->first_child);

	if (!same_thread_group(new_parent, call->father))
		forgotten(call, new_parent);
	verify_settle();
	return 0;
}

NOKPROBE_SYMBOL(forget_return);

static struct kretprobe forget_probe;

static int forget_attach(struct way *way)
{
	int err;

	seen = vmalloc(PID_MAX_LIMIT * sizeof(*seen));
	if (!seen)
		return -ENOMEM;
	forget_probe = (struct kretprobe) {
		.kp.symbol_name = way->name,
		.entry_handler = forget_entry,
		.handler = forget_return,
		.data_size = sizeof(struct forget_call),
		/* More than enough: one at a time holds the lock. */
		.maxactive = 64,
	};
	err = register_kretprobe(&forget_probe);
	if (err) {
		vfree(seen);
		return err;
	}
	way->symbol = way->name;
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

static struct way forget_way = {
	.name = "forget_original_parent",
	.proven = true,
	.attach = forget_attach,
	.detach = forget_detach,
	.missed = forget_missed,
};

/*
 * find_alive_thread(task): find_new_reaper(father) calls it for father, which
 * is current, then for each subreaper that it tries, all before a child has
 * moved. No argument is read, so a clone of it will do. Not a .part: that one
 * is not called each time.
 */
static struct way alive_way;

/* The father whose children were told, by what no other task ever has. */
static struct {
	struct task_struct *task;
	u64 start_ns;
} told;

static int alive_entry(struct kprobe *probe, struct pt_regs *regs)
{
	struct task_struct *father = current, *child, *new_parent;

	if (list_empty(&father->children) ||
	    (told.task == father && told.start_ns == father->start_boottime))
		return 0;
	new_parent = reparent_new_parent(father);
	if (!new_parent)
		return 0;
	told.task = father;
	told.start_ns = father->start_boottime;

	verify_settle();
	if (alive_way.records)
		reparent_children(father, new_parent);
	if (likely(!verify_running()))
		return 0;
	list_for_each_entry(child, &father->children, sibling)
		if (child->exit_state != EXIT_DEAD)
			checked(&alive_way, father, new_parent);
	return 0;
}

NOKPROBE_SYMBOL(alive_entry);

static struct kprobe alive_probe;

static int alive_attach(struct way *way)
{
	static const char * const symbols[] = {
		"find_alive_thread",
		"find_alive_thread.isra.0",
		"find_alive_thread.constprop.0",
		"find_alive_thread.constprop.0.isra.0",
		"find_alive_thread.isra.0.constprop.0",
	};
	int i, err = -ENOENT;

	told.task = NULL;
	for (i = 0; i < ARRAY_SIZE(symbols) && err == -ENOENT; i++) {
		/* A kprobe that could not be registered is no longer clean. */
		alive_probe = (struct kprobe) {
			.symbol_name = symbols[i],
			.pre_handler = alive_entry,
		};
		err = register_kprobe(&alive_probe);
	}
	way->symbol = alive_probe.symbol_name;
	return err;
}

static void alive_detach(void)
{
	unregister_kprobe(&alive_probe);
}

static u64 alive_missed(void)
{
	return alive_probe.nmissed;
}

static struct way alive_way = {
	.name = "find_alive_thread",
	.foretells = true,
	.proven = COMPAT_NEW_PARENT_PROVEN,
	.attach = alive_attach,
	.detach = alive_detach,
	.missed = alive_missed,
};

/*
 * kill_orphaned_pgrp(child, father) is called by reparent_leader() for each
 * child that goes to another process, after it has gone there; and once for an
 * exiting process, with NULL for father. Only the exact symbol: a clone may
 * take other arguments.
 */
static struct way pgrp_way;

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
	if (likely(pgrp_way.records)) {
		reparent_child(child, reparent_child_state(child), father,
			       new_parent);
		if (is_last(child, father))
			reparent_end();
	}
	checked(&pgrp_way, father, new_parent);
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

static struct way pgrp_way = {
	.name = "kill_orphaned_pgrp",
	.proven = true,
	.attach = pgrp_attach,
	.detach = pgrp_detach,
	.missed = pgrp_missed,
};

/* Best first. */
static struct way * const ways[] = { &forget_way, &alive_way, &pgrp_way };

/* Under this: which ways are attached. */
static DEFINE_MUTEX(ways_mutex);
static struct way *recording;
static struct way *checking;
static bool verify_wanted;
static bool stopped;

static int attach(struct way *way, bool records)
{
	way->records = records;
	return way->attach(way);
}

/* What was tried in vain, for the log. */
struct tried {
	char text[160];
	size_t len;
};

static void tried_add(struct tried *tried, const struct way *way, int err)
{
	tried->len += scnprintf(tried->text + tried->len,
				sizeof(tried->text) - tried->len, "%s%s (%d)",
				tried->len ? ", " : "", way->name, err);
}

/* Attaches the first that fits and is there. Memory is no reason to go on. */
static int attach_first(struct way **attached, struct tried *tried,
			bool (*fits)(const struct way *, const char *),
			const char *wanted, bool records)
{
	int i, err = -EINVAL;

	for (i = 0; i < ARRAY_SIZE(ways); i++) {
		if (!fits(ways[i], wanted))
			continue;
		err = attach(ways[i], records);
		if (!err) {
			*attached = ways[i];
			return 0;
		}
		tried_add(tried, ways[i], err);
		if (err == -ENOMEM)
			return err;
		err = -EOPNOTSUPP;
	}
	return err;
}

static bool fits_wanted(const struct way *way, const char *wanted)
{
	return strcmp(wanted, "auto") ? !strcmp(wanted, way->name) :
					way->proven;
}

static bool fits_recording(const struct way *way, const char *unused)
{
	return way->foretells != recording->foretells;
}

static int start_recording(const char *wanted)
{
	struct tried tried = { .text = "" };
	int err;

	err = attach_first(&recording, &tried, fits_wanted, wanted, true);
	if (err == -EINVAL)
		pr_err("reparent_probe=%s: not auto or a function that can be watched\n",
		       wanted);
	else if (err == -ENOMEM)
		pr_err("no memory to watch for reparentings: tried %s\n",
		       tried.text);
	else if (err)
		pr_err("this kernel cannot be watched for reparentings: tried %s\n",
		       tried.text);
	return err;
}

static int start_checking(void)
{
	struct tried tried = { .text = "" };
	int err;

	err = attach_first(&checking, &tried, fits_recording, NULL, false);
	if (err)
		pr_err("verify: no second way in beside %s: tried %s\n",
		       recording->name, tried.text);
	else
		verify_start();
	return err;
}

static void stop_checking(void)
{
	if (!checking)
		return;
	verify_stop();
	checking->detach();
	checking = NULL;
}

int probe_reparent_start(const char *wanted)
{
	int err;

	mutex_lock(&ways_mutex);
	err = start_recording(wanted);
	if (!err && verify_wanted) {
		err = start_checking();
		if (err) {
			recording->detach();
			recording = NULL;
		}
	}
	mutex_unlock(&ways_mutex);
	return err;
}

void probe_reparent_stop(void)
{
	mutex_lock(&ways_mutex);
	stopped = true;
	stop_checking();
	/* Status may still be read, and names it. */
	recording->detach();
	mutex_unlock(&ways_mutex);
}

int probe_verify(bool on)
{
	int err = 0;

	mutex_lock(&ways_mutex);
	if (stopped)
		err = -ENODEV;
	else if (!recording)
		verify_wanted = on;
	else if (!on)
		stop_checking();
	else if (!checking)
		err = start_checking();
	mutex_unlock(&ways_mutex);
	return err;
}

bool probe_verifies(void)
{
	return READ_ONCE(checking);
}

const char *probe_reparent_symbol(void)
{
	return recording->name;
}

unsigned int probe_reparent_counts(struct probe_count *counts)
{
	struct way *attached[2];
	unsigned int n = 0;
	int i;

	mutex_lock(&ways_mutex);
	attached[0] = recording;
	attached[1] = checking;
	for (i = 0; i < ARRAY_SIZE(attached); i++)
		if (attached[i])
			counts[n++] = (struct probe_count) {
				.symbol = attached[i]->symbol,
				.missed = attached[i]->missed(),
			};
	mutex_unlock(&ways_mutex);
	return n;
}

u64 probe_reparent_missed(void)
{
	/* Neither goes away: at worst what is counted is just being reset. */
	const struct way *second = READ_ONCE(checking);

	return recording->missed() + (second ? second->missed() : 0);
}
