// SPDX-License-Identifier: GPL-2.0
/*
 * Watches containers, by tracepoints: which process executes a program in one,
 * which ends, and where v1 cgroups are made. A tracepoint misses no hit.
 */
#include <linux/preempt.h>
#include <linux/sched/signal.h>
#include <linux/tracepoint.h>
#include <trace/events/cgroup.h>
#include <trace/events/sched.h>

#include "cgroup-table.h"
#include "compat.h"
#include "container.h"
#include "probe-common.h"
#include "probe-container.h"

static void process_execed(void *data, struct task_struct *task, pid_t old_pid,
			   struct linux_binprm *bprm)
{
	preempt_disable();
	nso_container_execed(task);
	preempt_enable();
}

static noinline void exited_in_container(struct task_struct *task)
{
	preempt_disable();
	nso_container_exited(task);
	preempt_enable();
}

/* Every process in the system passes here. */
static void process_exited(NSO_COMPAT_EXIT_PARAMETERS)
{
	/* Another thread of the process lives. */
	if (atomic_read(&task->signal->live))
		return;
	/* task is current, so its css_set stays. */
	if (unlikely(!nso_cgroup_is_outside(rcu_access_pointer(task->cgroups))))
		exited_in_container(task);
}

static void cgroup_made(void *data, struct cgroup *cgrp, const char *path)
{
	preempt_disable();
	nso_cgroup_made(cgrp, path);
	preempt_enable();
}

static struct nso_probe_tracepoint tracepoints[] = {
	{ .name = "cgroup_mkdir", .probe = cgroup_made },
	{ .name = "sched_process_exec", .probe = process_execed },
	{ .name = "sched_process_exit", .probe = process_exited },
};

int nso_probe_container_init(void)
{
	int i, err;

	for (i = 0; i < ARRAY_SIZE(tracepoints); i++) {
		err = nso_probe_attach_tracepoint(&tracepoints[i]);
		if (err)
			goto err_detach;
	}
	return 0;

err_detach:
	err = nso_probe_cannot_watch("containers", tracepoints[i].name, err);
	while (i--)
		nso_probe_detach_tracepoint(&tracepoints[i]);
	tracepoint_synchronize_unregister();
	return err;
}

void nso_probe_container_exit(void)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(tracepoints); i++)
		nso_probe_detach_tracepoint(&tracepoints[i]);
	tracepoint_synchronize_unregister();
}

unsigned int nso_probe_container_counts(struct nso_probe_count *counts)
{
	counts[0] = (struct nso_probe_count) {
		.symbol = "sched_process_exec",
		.missed = nso_containers_refused(),
	};
	return 1;
}

u64 nso_probe_container_missed(void)
{
	return nso_containers_refused();
}
