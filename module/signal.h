/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The signal events: who sent which signal to whom, and what the kernel did with
 * it. Which of them are recorded is the parameter `signals`.
 */
#ifndef NSO_SIGNAL_H
#define NSO_SIGNAL_H

#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/signal.h>

#include "nsorphan.h"

/* The parameter, enum nsorphan_signals: changes any time. */
extern unsigned int nso_signals_wanted;

static inline bool nso_signal_in_namespace(struct task_struct *task)
{
	const struct pid *pid = task_pid(task);

	/* It has none once it is reaped. */
	return pid && pid->level;
}

/*
 * By the parameter, and in few steps: this is asked of every signal there is,
 * before nso_signal_sent() looks closer.
 */
static __always_inline bool nso_signal_may_be_wanted(int sig,
						     struct task_struct *task)
{
	unsigned int wanted = READ_ONCE(nso_signals_wanted);

	if (likely(wanted == NSORPHAN_SIGNALS_NAMESPACED))
		return sig != SIGCHLD &&
		       unlikely(nso_signal_in_namespace(task) ||
				nso_signal_in_namespace(current));
	return wanted == NSORPHAN_SIGNALS_ALL;
}

/*
 * What tracepoint signal_generate tells: signal sig was sent to task's process,
 * result is one of TRACE_SIGNAL_*. Any context, under task's siglock.
 */
void nso_signal_sent(int result, int sig, struct kernel_siginfo *info,
		     struct task_struct *task);

#endif
