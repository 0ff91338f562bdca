// SPDX-License-Identifier: GPL-2.0
/* Watches teardowns, by the kernel function that does them. */
#include <linux/cpumask.h>
#include <linux/kprobes.h>
#include <linux/sched.h>

#include "probe-common.h"
#include "probe-teardown.h"
#include "stall.h"
#include "teardown.h"

/*
 * The last thread of the init of a namespace calls zap_pid_ns_processes(ns),
 * which sleeps until the namespace is empty: for hours, if need be. Each call
 * holds one kretprobe instance.
 */
static int zap_entry(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	if (nso_teardown_begin((void *)regs_get_kernel_argument(regs, 0))) {
		nso_stall_note();
		return 0;
	}
	return 1;
}

NOKPROBE_SYMBOL(zap_entry);

static int zap_return(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	nso_teardown_end();
	/* Any other teardown that runs has its deadline already. */
	if (!nso_teardown_running())
		nso_stall_note();
	return 0;
}

NOKPROBE_SYMBOL(zap_return);

static struct kretprobe zap_probe = {
	.kp.symbol_name = "zap_pid_ns_processes",
	.entry_handler = zap_entry,
	.handler = zap_return,
};

int nso_probe_teardown_init(void)
{
	int err;

	/*
	 * More instances than slots, by as many as entries and returns may hold
	 * at this moment on all processors: a call too many is refused here,
	 * and counted, rather than by the kernel.
	 */
	zap_probe.maxactive = NSO_TEARDOWN_MAX + num_possible_cpus();
	err = register_kretprobe(&zap_probe);
	if (err)
		return nso_probe_cannot_watch("teardowns",
					      "zap_pid_ns_processes", err);
	return 0;
}

void nso_probe_teardown_exit(void)
{
	/*
	 * A task that still sleeps in zap_pid_ns_processes() keeps its
	 * instance: the kernel drops the handler from it and frees it when the
	 * task returns.
	 */
	unregister_kretprobe(&zap_probe);
}

const char *nso_probe_teardown_symbol(void)
{
	return zap_probe.kp.symbol_name;
}

static u64 zap_missed(void)
{
	return zap_probe.nmissed + zap_probe.kp.nmissed +
	       nso_teardown_refused();
}

unsigned int nso_probe_teardown_counts(struct nso_probe_count *counts)
{
	counts[0] = (struct nso_probe_count) {
		.symbol = zap_probe.kp.symbol_name,
		.missed = zap_missed(),
	};
	return 1;
}

u64 nso_probe_teardown_missed(void)
{
	return zap_missed();
}
