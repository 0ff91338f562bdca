// SPDX-License-Identifier: GPL-2.0
/* Watches OOM kills, by two kernel functions. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/kprobes.h>
#include <linux/printk.h>
#include <linux/sched.h>

#include "oom.h"
#include "probe-common.h"
#include "probe-oom.h"
#include "recorder-wake.h"

/* Calls of __oom_kill_process() while another one ran. */
static atomic64_t kills_refused;

/*
 * __oom_kill_process(victim, message) runs with oom_lock held. It can be
 * preempted; some configurations print all processes meanwhile.
 */
static int kill_entry(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	if (nso_oom_begin((void *)regs_get_kernel_argument(regs, 0)))
		return 0;
	atomic64_inc(&kills_refused);
	/* No event tells of it, so have the count announced. */
	nso_recorder_wake();
	return 1;
}

NOKPROBE_SYMBOL(kill_entry);

static int kill_return(struct kretprobe_instance *instance,
		       struct pt_regs *regs)
{
	nso_oom_end();
	return 0;
}

NOKPROBE_SYMBOL(kill_return);

static struct kretprobe kill_probe = {
	.kp.symbol_name = "__oom_kill_process",
	.entry_handler = kill_entry,
	.handler = kill_return,
};

/* oom_kill_process() calls mem_cgroup_get_oom_group(victim, memcg) first. */
static int group_entry(struct kprobe *probe, struct pt_regs *regs)
{
	nso_oom_set_domain((void *)regs_get_kernel_argument(regs, 1));
	return 0;
}

NOKPROBE_SYMBOL(group_entry);

static struct kprobe group_probe = {
	.symbol_name = "mem_cgroup_get_oom_group",
	.pre_handler = group_entry,
};

static bool watches_kills, watches_group;

void nso_probe_oom_init(void)
{
	int err = register_kretprobe(&kill_probe);

	watches_kills = !err;
	if (err) {
		pr_notice("OOM kills are signals of unknown cause: tried %s (%d)\n",
			  kill_probe.kp.symbol_name, err);
		return;
	}
	err = register_kprobe(&group_probe);
	watches_group = !err;
	if (err)
		pr_notice("OOM kills have no cgroup: tried %s (%d)\n",
			  group_probe.symbol_name, err);
}

void nso_probe_oom_exit(void)
{
	if (watches_group)
		unregister_kprobe(&group_probe);
	if (watches_kills)
		unregister_kretprobe(&kill_probe);
}

static u64 kills_missed(void)
{
	return kill_probe.nmissed + kill_probe.kp.nmissed +
	       atomic64_read(&kills_refused);
}

unsigned int nso_probe_oom_counts(struct nso_probe_count *counts)
{
	unsigned int n = 0;

	if (watches_kills)
		counts[n++] = (struct nso_probe_count) {
			.symbol = kill_probe.kp.symbol_name,
			.missed = kills_missed(),
		};
	if (watches_group)
		counts[n++] = (struct nso_probe_count) {
			.symbol = group_probe.symbol_name,
			.missed = group_probe.nmissed,
		};
	return n;
}

u64 nso_probe_oom_missed(void)
{
	return kills_missed() + group_probe.nmissed;
}
