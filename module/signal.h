/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The signal events: which process sent which signal to which process, and what
 * the kernel did with it. The parameter `signals` tells which are recorded.
 */
#ifndef NSO_SIGNAL_H
#define NSO_SIGNAL_H

#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/signal.h>

#include "nsorphan.h"

/* The parameter, enum nsorphan_signals. May change at any time. */
extern unsigned int nso_signals_wanted;

/* Tells whether task is in a pid namespace below the initial one. */
static inline bool nso_signal_in_namespace(struct task_struct *task)
{
	const struct pid *pid = task_pid(task);

	/* NULL once task is reaped. */
	return pid && pid->level;
}

/*
 * Tells whether the parameter may want this signal to be recorded. Every signal
 * in the system passes through here, so this takes a few instructions;
 * nso_signal_sent() looks closer.
 */
static __always_inline bool nso_signal_may_be_wanted(int sig,
						     struct task_struct *task)
{
	unsigned int wanted = READ_ONCE(nso_signals_wanted);

	if (likely(wanted == NSORPHAN_SIGNALS_CONTAINED))
		return sig != SIGCHLD;
	if (wanted == NSORPHAN_SIGNALS_NAMESPACED)
		return sig != SIGCHLD &&
		       unlikely(nso_signal_in_namespace(task) ||
				nso_signal_in_namespace(current));
	return wanted == NSORPHAN_SIGNALS_ALL;
}

/*
 * Records a signal, if the parameter wants it: sig was sent to the process of
 * task, and result is one of TRACE_SIGNAL_*, as tracepoint signal_generate
 * reports it. Any context; the caller holds the siglock of task.
 */
void nso_signal_sent(int result, int sig, struct kernel_siginfo *info,
		     struct task_struct *task);

#endif
