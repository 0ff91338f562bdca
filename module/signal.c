// SPDX-License-Identifier: GPL-2.0
#include <linux/ktime.h>
#include <linux/preempt.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <trace/events/signal.h>

#include "event.h"
#include "recorder.h"
#include "signal.h"

static enum nsorphan_signals signals = NSORPHAN_SIGNALS_NAMESPACED;

void signal_set_wanted(enum nsorphan_signals wanted)
{
	WRITE_ONCE(signals, wanted);
}

enum nsorphan_signals signal_get_wanted(void)
{
	return READ_ONCE(signals);
}

/*
 * The process that sent it, or NULL: the kernel did. si_pid says nothing, it is
 * whatever sigqueue(3) was given; who sends for a process is that process.
 */
static struct task_struct *sender_of(const struct kernel_siginfo *info)
{
	if (info == SEND_SIG_PRIV || !in_task() || current->flags & PF_KTHREAD)
		return NULL;
	/* SEND_SIG_NOINFO is from this process. */
	if (info != SEND_SIG_NOINFO &&
	    (!SI_FROMUSER(info) || info->si_code == SI_TIMER))
		return NULL;
	return current;
}

static bool in_namespace(struct task_struct *task)
{
	const struct pid *pid = task_pid(task);

	/* No longer any, once it is reaped. */
	return pid && pid->level;
}

/* As complete_signal() in kernel/signal.c decides. */
static bool is_fatal(int sig, struct task_struct *task, int result)
{
	return result != TRACE_SIGNAL_IGNORED && sig_fatal(task, sig) &&
	       !sigismember(&task->blocked, sig);
}

/* By the parameter, and in few steps: this is asked of every signal there is. */
static __always_inline bool may_be_wanted(int sig, struct task_struct *task)
{
	enum nsorphan_signals wanted = READ_ONCE(signals);

	if (likely(wanted == NSORPHAN_SIGNALS_NAMESPACED))
		return unlikely(sig != SIGCHLD && (in_namespace(task) ||
						   in_namespace(current)));
	return wanted == NSORPHAN_SIGNALS_ALL;
}

static bool is_wanted(int sig, struct task_struct *sender,
		      struct task_struct *task, int result)
{
	if (sender)
		return !same_thread_group(sender, task) ||
		       is_fatal(sig, task, result);
	/* Whatever the kernel happened to interrupt. */
	return READ_ONCE(signals) == NSORPHAN_SIGNALS_ALL || in_namespace(task);
}

static enum nsorphan_signal_result result_of(int result)
{
	switch (result) {
	case TRACE_SIGNAL_IGNORED:
		return NSORPHAN_SIGNAL_RESULT_IGNORED;
	case TRACE_SIGNAL_ALREADY_PENDING:
		return NSORPHAN_SIGNAL_RESULT_PENDING;
	case TRACE_SIGNAL_OVERFLOW_FAIL:
		return NSORPHAN_SIGNAL_RESULT_LOST;
	default:
		/* TRACE_SIGNAL_LOSE_INFO too: what is lost is the siginfo. */
		return NSORPHAN_SIGNAL_RESULT_DELIVERED;
	}
}

void signal_sent(int sig, struct kernel_siginfo *info, struct task_struct *task,
		 int result)
{
	struct recorder_slot *slot;
	struct task_struct *sender;
	struct event *event;

	if (!may_be_wanted(sig, task))
		return;
	sender = sender_of(info);
	if (!is_wanted(sig, sender, task, result) ||
	    !recorder_reserve(&slot, NSORPHAN_EVENT_TYPE_SIGNAL,
			      ktime_get_boot_fast_ns()))
		return;
	event = &slot->event;
	event->signal.has_sender = sender;
	if (sender)
		event_process(&event->signal.sender, sender);
	event_process(&event->signal.target, task);
	event->signal.signal = sig;
	event->signal.result = result_of(result);
	event->pidns = event->signal.target.pidns;
	event->cgroup = event_cgroup(task);
	recorder_commit(slot);
	recorder_wake();
}
