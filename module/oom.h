/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The OOM kill that runs. There is one at a time: mm/oom_kill.c kills with
 * oom_lock held.
 */
#ifndef NSO_OOM_H
#define NSO_OOM_H

#include <linux/sched.h>
#include <linux/types.h>

struct mem_cgroup;

/*
 * Probes call the first three: when mem_cgroup_get_oom_group(victim, memcg) is
 * called, and at the begin and end of __oom_kill_process(victim, ..). memcg is
 * the cgroup that is out of memory, NULL for the machine. Preemption is disabled,
 * and the context may be that of an int3. nso_oom_begin() returns false if
 * another task kills already, which would be a kernel without that lock.
 */
void nso_oom_set_domain(struct mem_cgroup *memcg);
bool nso_oom_begin(struct task_struct *victim);
void nso_oom_end(void);

/* Tells whether current is inside __oom_kill_process(). Any context. */
bool nso_oom_is_killer(void);

/*
 * Tells whether a SIGKILL that is sent to task now is that of the OOM killer. The
 * caller holds the siglock of task and has preemption disabled; any context.
 */
bool nso_oom_kills(struct task_struct *task);

/*
 * Return what is known of the cgroup that is out of memory: its id, 0 if it is
 * the machine or not known, and its limit in bytes, U64_MAX for none. Called by
 * the task for which nso_oom_kills() returned true.
 */
u64 nso_oom_cgroup(void);
u64 nso_oom_limit(void);

#endif
