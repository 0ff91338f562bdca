// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>

#include "alive.h"
#include "compat.h"
#include "recorder.h"
#include "reparent.h"
#include "verify.h"
#include "way.h"

/*
 * find_alive_thread(task): find_new_reaper(father) calls it for father, who is
 * current. A thread of his gets the children, if there is one. If not, and if it
 * may have a subreaper above it, it is called for one of them after another,
 * nearest first, until one has a thread; and if none has, or there is none,
 * the init of the namespace adopts. All that before a child has moved.
 *
 * So what it returns decides, and nothing else does: a thread begins to exit
 * without tasklist_lock, and whoever looks for himself whether it does looks too
 * early, or too late. But a return costs more than an entry, and is watched only
 * where the outcome is open.
 *
 * No argument is read, so a clone of it will do. Not a .part: that one is not
 * called each time.
 */

/* The father in work. Under tasklist_lock. */
static struct {
	/* Nobody else ever has both. */
	struct task_struct *father;
	u64 start_ns;
	/* Calls that found nobody; the first is for himself. */
	unsigned int in_vain;
	/* It is yet to be told who adopts. */
	bool open;
	/* The first since attach(), who may have been in the midst of it. */
	bool first;
} work;

/* Fathers of whom it never was. */
static atomic64_t untold;

static bool in_work(const struct task_struct *father)
{
	return work.father == father &&
	       work.start_ns == father->start_boottime;
}

/* As find_new_reaper() goes over them, from Linux 4.11 on. */
static bool has_subreaper(struct task_struct *father, unsigned int nth)
{
	unsigned int level = task_pid(father)->level;
	struct task_struct *ancestor;

	if (!father->signal->has_child_subreaper)
		return false;
	for (ancestor = parent_of(father);
	     task_pid(ancestor)->level == level && ancestor != &init_task;
	     ancestor = parent_of(ancestor))
		if (ancestor->signal->is_child_subreaper && !--nth)
			return true;
	return false;
}

static void adopted(struct task_struct *father, struct task_struct *new_parent)
{
	struct task_struct *child;

	work.open = false;
	/* His own process: that lives on. */
	if (same_thread_group(new_parent, father))
		return;
	if (likely(way_alive.records))
		reparent_children(father, new_parent);
	if (likely(!verify_running()))
		return;
	list_for_each_entry(child, &father->children, sibling)
		if (child->exit_state != EXIT_DEAD)
			way_check(&way_alive, father, new_parent);
}

/*
 * Unless there is another one to try. Should the last one cease to be a subreaper
 * at this very moment, that call never comes: see begin().
 */
static void found_nobody(struct task_struct *father)
{
	work.in_vain++;
	if (!has_subreaper(father, work.in_vain))
		adopted(father, child_reaper(father));
}

static void begin(struct task_struct *father)
{
	verify_settle();
	if (unlikely(work.open && !work.first)) {
		atomic64_inc(&untold);
		/* It makes no event, and has to be announced all the same. */
		recorder_wake();
	}
	work.first = !work.father;
	work.father = father;
	work.start_ns = father->start_boottime;
	work.in_vain = 0;
	work.open = true;
}

/* Of the call that begins: does it matter what it will return? */
static bool return_matters(struct task_struct *father)
{
	if (list_empty(&father->children))
		return false;
	if (in_work(father))
		return work.open;
	/* An init, whose children go to another of its threads, or die with it. */
	if (child_reaper(father) == father)
		return false;
	begin(father);
	/* It may find none, but never one if there is none now. */
	if (alive_thread(father))
		return true;
	found_nobody(father);
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
		found_nobody(current);
	return 0;
}

NOKPROBE_SYMBOL(alive_return);

static struct kretprobe alive_probe;

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

	work.father = NULL;
	work.open = false;
	for (i = 0; i < ARRAY_SIZE(symbols) && err == -ENOENT; i++) {
		/* A kprobe that could not be registered is no longer clean. */
		alive_probe = (struct kretprobe) {
			.kp.symbol_name = symbols[i],
			.entry_handler = alive_entry,
			.handler = alive_return,
			/* More than enough: one at a time holds the lock. */
			.maxactive = 64,
		};
		err = register_kretprobe(&alive_probe);
	}
	way->symbol = alive_probe.kp.symbol_name;
	return err;
}

static void alive_detach(void)
{
	unregister_kretprobe(&alive_probe);
}

static u64 alive_missed(void)
{
	return alive_probe.nmissed + alive_probe.kp.nmissed +
	       atomic64_read(&untold);
}

struct way way_alive = {
	.name = "find_alive_thread",
	.decides = true,
	.proven = COMPAT_NEW_PARENT_PROVEN,
	.attach = alive_attach,
	.detach = alive_detach,
	.missed = alive_missed,
};
