/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The signal events: which process sent which signal to which process, and what
 * the kernel did with it. The parameter `signals` tells which are recorded.
 */
#ifndef NSO_SIGNAL_H
#define NSO_SIGNAL_H

#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <trace/events/signal.h>

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
 * Tells whether kill(2) or tgkill(2) sends the signal, so current is the sender.
 * The first two values of info are small numbers, not pointers.
 */
static __always_inline bool nso_signal_is_kill(const struct kernel_siginfo *info)
{
	return info != SEND_SIG_NOINFO && info != SEND_SIG_PRIV &&
	       likely(info->si_code == SI_USER || info->si_code == SI_TKILL);
}

/*
 * Tells whether the signal will kill the process of task, as complete_signal()
 * in kernel/signal.c decides it. Caller holds siglock.
 */
static __always_inline bool nso_signal_is_fatal(int result, int sig,
						struct task_struct *task)
{
	const struct sighand_struct *sighand =
		rcu_dereference_raw(task->sighand);

	return sighand->action[sig - 1].sa.sa_handler == SIG_DFL &&
	       result != TRACE_SIGNAL_IGNORED && !sig_kernel_ignore(sig) &&
	       !sig_kernel_stop(sig) && !sigismember(&task->blocked, sig);
}

/*
 * Tells whether a process sends itself a signal that does not end it, as the
 * runtime of Go does all the time.
 */
static __always_inline bool nso_signal_is_own(int result, int sig,
					      const struct kernel_siginfo *info,
					      struct task_struct *task)
{
	return nso_signal_is_kill(info) && same_thread_group(current, task) &&
	       !nso_signal_is_fatal(result, sig, task);
}

/* Tells whether the parameter wants even SIGCHLD to be recorded. */
static __always_inline bool nso_signal_all_wanted(void)
{
	return READ_ONCE(nso_signals_wanted) == NSORPHAN_SIGNALS_ALL;
}

/*
 * Tells whether the parameter may want this signal to be recorded. Every signal
 * in the system passes through here, so this takes a few instructions;
 * nso_signal_sent() looks closer. The arguments are those of nso_signal_sent().
 */
static __always_inline bool
nso_signal_may_be_wanted(int result, int sig, const struct kernel_siginfo *info,
			 struct task_struct *task)
{
	unsigned int wanted = READ_ONCE(nso_signals_wanted);

	if (unlikely(wanted != NSORPHAN_SIGNALS_CONTAINED &&
		     wanted != NSORPHAN_SIGNALS_ALL) &&
	    (wanted != NSORPHAN_SIGNALS_NAMESPACED ||
	     (!nso_signal_in_namespace(task) &&
	      !nso_signal_in_namespace(current))))
		return false;
	return !nso_signal_is_own(result, sig, info, task);
}

/*
 * Records a signal, if the parameter wants it: sig was sent to the process of
 * task, and result is one of TRACE_SIGNAL_*, as tracepoint signal_generate
 * reports it. Any context; the caller holds the siglock of task.
 */
void nso_signal_sent(int result, int sig, struct kernel_siginfo *info,
		     struct task_struct *task);

#endif
