/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The signal events: who sent which signal to whom, and what the kernel did with
 * it. Which of them are recorded is the parameter `signals`.
 */
#ifndef NSORPHAN_SIGNAL_H
#define NSORPHAN_SIGNAL_H

#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/signal.h>

#include "nsorphan.h"

/* The parameter, enum nsorphan_signals: changes any time. */
extern unsigned int signals_wanted;

static inline bool signal_in_namespace(struct task_struct *task)
{
	const struct pid *pid = task_pid(task);

	/* It has none once it is reaped. */
	return pid && pid->level;
}

/*
 * By the parameter, and in few steps: this is asked of every signal there is,
 * before signal_sent() looks closer.
 */
static __always_inline bool signal_may_be_wanted(int sig,
						 struct task_struct *task)
{
	unsigned int wanted = READ_ONCE(signals_wanted);

	if (likely(wanted == NSORPHAN_SIGNALS_NAMESPACED))
		return sig != SIGCHLD &&
		       unlikely(signal_in_namespace(task) ||
				signal_in_namespace(current));
	return wanted == NSORPHAN_SIGNALS_ALL;
}

/*
 * What tracepoint signal_generate tells: signal sig was sent to task's process,
 * result is one of TRACE_SIGNAL_*. Any context, under task's siglock.
 */
void signal_sent(int result, int sig, struct kernel_siginfo *info,
		 struct task_struct *task);

#endif
