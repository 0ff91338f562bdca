/* SPDX-License-Identifier: GPL-2.0 */
/* The teardowns that run, and their begin, kill and end events. */
#ifndef NSO_TEARDOWN_H
#define NSO_TEARDOWN_H

#include <linux/pid_namespace.h>
#include <linux/sched.h>

#include "event.h"

/* Maximum number of teardowns tracked at the same time. */
#define NSO_TEARDOWN_MAX	1024

/*
 * Probes call the functions down to nso_teardown_kill() while current, the last
 * thread of a dying init, is inside zap_pid_ns_processes(). Preemption is
 * disabled, and the context may be that of an int3, so they take no lock.
 */

/*
 * Records that current begins the teardown of ns. Returns false, and records
 * nothing, if NSO_TEARDOWN_MAX teardowns run already.
 */
bool nso_teardown_begin(struct pid_namespace *ns);

/*
 * Records the end of the teardown that current runs, if that is known and nobody has
 * recorded it.
 */
void nso_teardown_end(void);

/*
 * Records that current sent SIGKILL to task, as teardowns do, if the kernel
 * delivered it. Returns false if current runs no teardown. The siglock of task
 * is held.
 */
bool nso_teardown_kill(struct task_struct *task, bool delivered);

/*
 * Takes over a teardown of ns that another task than current, init, ran already
 * when the module was loaded. Caller keeps references of both from before until an
 * RCU grace period after its end. Returns false if there is no slot.
 */
bool nso_teardown_take_over(struct task_struct *init, struct pid_namespace *ns);

/*
 * Records the end of a teardown that was taken over and whose init, the process of
 * task, has ended with that status, if nobody else has. May sleep.
 */
void nso_teardown_end_unseen(struct task_struct *task,
			     const struct nso_process *init,
			     const struct nso_cgroup *cgroup, u16 status);

/* Ends a teardown that was taken over, without an event. */
void nso_teardown_forget(struct task_struct *init);

/* Tell whether init runs a teardown that is known, or was taken over. */
bool nso_teardown_is_known(struct task_struct *init);
bool nso_teardown_is_late(struct task_struct *init);

/**
 * struct nso_teardown_view - a teardown, as other tasks see it
 * @ns: the namespace that is torn down
 * @init: the thread that runs zap_pid_ns_processes(ns)
 * @begin_ns: begin of the teardown, CLOCK_BOOTTIME; differs from that of every
 *	other teardown in the same slot
 * @before_load: it began before the module was loaded: @begin_ns is when it was
 *	found
 */
struct nso_teardown_view {
	struct pid_namespace *ns;
	struct task_struct *init;
	u64 begin_ns;
	bool before_load;
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

/*
 * Counts a teardown that is not seen; done for each without a slot. Returns how many
 * there were. Any context.
 */
void nso_teardown_refuse(void);
u64 nso_teardown_refused(void);

#endif
