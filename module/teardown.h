/* SPDX-License-Identifier: GPL-2.0 */
/* The teardowns that run, and their begin, kill and end events. */
#ifndef NSO_TEARDOWN_H
#define NSO_TEARDOWN_H

#include <linux/idr.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>

/* Maximum number of teardowns tracked at the same time. */
#define NSO_TEARDOWN_MAX	1024

/*
 * Probes call the functions down to nso_teardown_kill() while current, the last
 * thread of a dying init, is inside zap_pid_ns_processes(). Preemption is
 * disabled, and the context may be that of an int3, so they take no lock.
 */

/*
 * Begin and end the teardown of ns. nso_teardown_begin() returns false, and
 * records nothing, if NSO_TEARDOWN_MAX teardowns run already.
 */
bool nso_teardown_begin(struct pid_namespace *ns);
void nso_teardown_end(void);

/* Notes that current is about to look for the next pid in idr, from nr on. */
void nso_teardown_next(struct idr *idr, int nr);

/*
 * Records that current sent SIGKILL to task, as teardowns do, if the kernel
 * delivered it. Returns false if current runs no teardown. The siglock of task
 * is held.
 */
bool nso_teardown_kill(struct task_struct *task, bool delivered);

/**
 * struct nso_teardown_view - a teardown, as other tasks see it
 * @ns: the namespace that is torn down
 * @init: the thread that runs zap_pid_ns_processes(ns)
 * @begin_ns: begin of the teardown, CLOCK_BOOTTIME; differs from that of every
 *	other teardown in the same slot
 */
struct nso_teardown_view {
	struct pid_namespace *ns;
	struct task_struct *init;
	u64 begin_ns;
};

/*
 * Fills in the teardown in a slot below NSO_TEARDOWN_MAX, where it stays until
 * it ends. Returns false if there is none. Caller is an RCU reader: namespace
 * and task stay valid until the read-side critical section ends, since they are
 * freed by RCU and that has not even begun for those that are seen here.
 */
bool nso_teardown_view(unsigned int slot, struct nso_teardown_view *view);

/* Returns how many teardowns run now. Any context. */
u32 nso_teardown_running(void);

#endif
