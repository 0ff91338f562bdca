/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_TEARDOWN_H
#define NSORPHAN_TEARDOWN_H

#include <linux/list.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>

#include "nsorphan.h"

/**
 * struct teardown - one call of zap_pid_ns_processes()
 *
 * The memory is the caller's, from begin to end.
 */
struct teardown {
	struct list_head node;
	struct task_struct *init;	/* the dying init's last thread */
	struct pid_namespace *ns;
	u64 begin_ns;
	u32 killed;
	struct task_struct *target;	/* whom it comes to next ... */
	enum nsorphan_task_state target_state;	/* ... and finds so */
};

/*
 * All called by current, the init's last thread, inside zap_pid_ns_processes();
 * preemption off.
 */
void teardown_begin(struct teardown *teardown, struct pid_namespace *ns);
void teardown_end(struct teardown *teardown);

/* The teardown of ns, if current runs one, looks for a pid from nr on. */
void teardown_next(struct idr *idr, int nr);

/* current, if it runs a teardown, has sent SIGKILL to task, under siglock. */
void teardown_kill(struct task_struct *task);

/* How many run now. Any context. */
u32 teardown_running(void);

#endif
