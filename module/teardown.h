/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSO_TEARDOWN_H
#define NSO_TEARDOWN_H

#include <linux/idr.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>

/* As many at once are followed. */
#define NSO_TEARDOWN_MAX	1024

/*
 * All called by current, a dying init's last thread, inside
 * zap_pid_ns_processes(); preemption off, in a kprobe's int3 too: no locks.
 */

/* False, and nothing recorded, if NSO_TEARDOWN_MAX run already. */
bool nso_teardown_begin(struct pid_namespace *ns);
void nso_teardown_end(void);

/* current, if it runs a teardown, looks in idr for its next pid, from nr on. */
void nso_teardown_next(struct idr *idr, int nr);

/*
 * current has sent SIGKILL to task, under siglock, as teardowns do; whether the
 * kernel delivered it. False if current runs no teardown.
 */
bool nso_teardown_kill(struct task_struct *task, bool delivered);

/**
 * struct nso_teardown_view - a teardown, as others see it
 * @ns: the namespace that is torn down
 * @init: the thread that runs zap_pid_ns_processes(ns)
 * @begin_ns: CLOCK_BOOTTIME; no two teardowns in one place have the same
 */
struct nso_teardown_view {
	struct pid_namespace *ns;
	struct task_struct *init;
	u64 begin_ns;
};

/*
 * The teardown in a place below NSO_TEARDOWN_MAX, where it stays until it ends;
 * false if there is none. Under RCU: what view points to is good until that is
 * over, since a namespace and a task that are seen here have not even begun to
 * be freed.
 */
bool nso_teardown_view(unsigned int slot, struct nso_teardown_view *view);

/* How many run now. Any context. */
u32 nso_teardown_running(void);

#endif
