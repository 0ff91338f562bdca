/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_TEARDOWN_H
#define NSORPHAN_TEARDOWN_H

#include <linux/idr.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>

/* As many at once are followed. */
#define TEARDOWN_MAX	1024

/*
 * All called by current, a dying init's last thread, inside
 * zap_pid_ns_processes(); preemption off, in a kprobe's int3 too: no locks.
 */

/* False, and nothing recorded, if TEARDOWN_MAX run already. */
bool teardown_begin(struct pid_namespace *ns);
void teardown_end(void);

/* current, if it runs a teardown, looks in idr for its next pid, from nr on. */
void teardown_next(struct idr *idr, int nr);

/* current, if it runs a teardown, has sent SIGKILL to task, under siglock. */
void teardown_kill(struct task_struct *task);

/* How many run now. Any context. */
u32 teardown_running(void);

#endif
