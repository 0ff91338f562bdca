// SPDX-License-Identifier: GPL-2.0
#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "compat.h"
#include "crosscheck.h"
#include "dying-parent.h"
#include "exit-helpers.h"
#include "hook.h"
#include "reparent.h"

/*
 * find_new_reaper(father) calls find_alive_thread(father) first; father is
 * current. A thread that the call returns adopts the children. If the call
 * returns NULL, and father has ancestors that are child subreapers, the
 * function is called for one of those after another, nearest first, until a
 * call returns a thread. If none does, or there is no subreaper, the init of
 * the namespace adopts. All this happens before any child moves.
 *
 * So the return values decide who adopts, and nothing else does: threads begin
 * to exit without tasklist_lock, so looking for live threads from here would be
 * too early or too late. A return probe costs more than an entry probe, and is
 * used only where the return value can matter.
 *
 * No argument is read, so a clone of the function will do as well, except a
 * .part clone, which is not called each time.
 */

/* No search has begun since the hook was attached. */
static bool fresh;

/*
 * Tells whether father has at least n ancestors that are child subreapers, as
 * find_new_reaper() walks them from Linux 4.11 on.
 */
static bool has_subreaper(struct task_struct *father, unsigned int n)
{
	unsigned int level = task_pid(father)->level;
	struct task_struct *ancestor;

	if (!father->signal->has_child_subreaper)
		return false;
	for (ancestor = nso_parent_of(father);
	     task_pid(ancestor)->level == level && ancestor != &init_task;
	     ancestor = nso_parent_of(ancestor))
		if (ancestor->signal->is_child_subreaper && !--n)
			return true;
	return false;
}

static void adopted(struct task_struct *father, struct task_struct *new_parent)
{
	struct task_struct *child;

	WRITE_ONCE(nso_dying_parent.unresolved, false);
	/* Children that move to another thread are no orphans. */
	if (same_thread_group(new_parent, father))
		return;
	if (likely(nso_hook_find_alive_thread.records))
		nso_reparent_children(father, new_parent);
	if (likely(!nso_crosscheck_running()))
		return;
	list_for_each_entry(child, &father->children, sibling)
		if (child->exit_state != EXIT_DEAD)
			nso_hook_crosscheck(&nso_hook_find_alive_thread,
					    new_parent);
}

/*
 * Handles a call that returned NULL: unless there is another subreaper to try,
 * the init of the namespace adopts. Should the last subreaper cease to be one
 * at this very moment, the call that is waited for never comes, and the dying
 * parent stays unresolved.
 */
static void returned_null(struct task_struct *father)
{
	nso_dying_parent.null_returns++;
	if (!has_subreaper(father, nso_dying_parent.null_returns))
		adopted(father, nso_child_reaper(father));
}

static void begin_search(struct task_struct *father)
{
	nso_crosscheck_flush();
	nso_hook_enter(father);
	nso_dying_parent.searched = true;
	WRITE_ONCE(nso_dying_parent.unresolved, true);
	nso_dying_parent.partial = fresh;
	fresh = false;
}

/* Tells whether what the call that begins returns decides who adopts. */
static bool return_matters(struct task_struct *father)
{
	if (list_empty(&father->children))
		return false;
	if (nso_dying_parent_is(father) && nso_dying_parent.searched)
		return nso_dying_parent.unresolved;
	/*
	 * The children of a namespace's init go to another of its threads, or
	 * are killed with it.
	 */
	if (nso_child_reaper(father) == father)
		return false;
	begin_search(father);
	/*
	 * PF_EXITING is never cleared: no live thread now means that the call
	 * returns NULL, so skip the return probe.
	 */
	if (nso_alive_thread(father))
		return true;
	returned_null(father);
	return false;
}

static int alive_entry(struct kretprobe_instance *instance,
		       struct pt_regs *regs)
{
	return !return_matters(current);
}

NOKPROBE_SYMBOL(alive_entry);

static int alive_return(struct kretprobe_instance *instance,
			struct pt_regs *regs)
{
	struct task_struct *thread = (void *)regs_return_value(regs);

	if (thread)
		adopted(current, thread);
	else
		returned_null(current);
	return 0;
}

NOKPROBE_SYMBOL(alive_return);

static struct kretprobe alive_probe;

static int alive_attach(struct nso_hook *hook)
{
	static const char * const symbols[] = {
		"find_alive_thread",
		"find_alive_thread.isra.0",
		"find_alive_thread.constprop.0",
		"find_alive_thread.constprop.0.isra.0",
		"find_alive_thread.isra.0.constprop.0",
	};
	int i, err = -ENOENT;

	fresh = true;
	for (i = 0; i < ARRAY_SIZE(symbols) && err == -ENOENT; i++) {
		/* A kprobe that could not be registered is no longer clean. */
		alive_probe = (struct kretprobe) {
			.kp.symbol_name = symbols[i],
			.entry_handler = alive_entry,
			.handler = alive_return,
			/* More than enough: tasklist_lock is held. */
			.maxactive = 64,
		};
		err = register_kretprobe(&alive_probe);
	}
	hook->symbol = alive_probe.kp.symbol_name;
	return err;
}

static void alive_detach(void)
{
	unregister_kretprobe(&alive_probe);
	/* Nothing resolves the dying parent that is halfway at this moment. */
	WRITE_ONCE(nso_dying_parent.unresolved, false);
}

static u64 alive_missed(void)
{
	return alive_probe.nmissed + alive_probe.kp.nmissed +
	       nso_dying_parents_unresolved();
}

struct nso_hook nso_hook_find_alive_thread = {
	.name = "find_alive_thread",
	.decides = true,
	.proven = NSO_COMPAT_NEW_PARENT_PROVEN,
	.attach = alive_attach,
	.detach = alive_detach,
	.missed = alive_missed,
};
