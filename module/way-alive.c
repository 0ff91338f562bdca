// SPDX-License-Identifier: GPL-2.0
#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/sched.h>

#include "compat.h"
#include "reparent.h"
#include "verify.h"
#include "way.h"

/*
 * find_alive_thread(task): find_new_reaper(father) calls it for father, which
 * is current, then for each subreaper that it tries, all before a child has
 * moved. No argument is read, so a clone of it will do. Not a .part: that one
 * is not called each time.
 */
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
	if (way_alive.records)
		reparent_children(father, new_parent);
	if (likely(!verify_running()))
		return 0;
	list_for_each_entry(child, &father->children, sibling)
		if (child->exit_state != EXIT_DEAD)
			way_check(&way_alive, father, new_parent);
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

struct way way_alive = {
	.name = "find_alive_thread",
	.decides = true,
	.proven = COMPAT_NEW_PARENT_PROVEN,
	.attach = alive_attach,
	.detach = alive_detach,
	.missed = alive_missed,
};
