// SPDX-License-Identifier: GPL-2.0
#include <linux/ktime.h>
#include <linux/preempt.h>
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <trace/events/signal.h>

#include "container.h"
#include "event.h"
#include "oom.h"
#include "process.h"
#include "recorder-wake.h"
#include "recorder-writer.h"
#include "signal-cause.h"
#include "signal.h"

unsigned int nso_signals_wanted = NSORPHAN_SIGNALS_CONTAINED;

/*
 * Returns the process that sends any other signal, or NULL if it is the kernel.
 * si_pid cannot tell, as it is whatever sigqueue(3) was given. A process that
 * sends a signal on behalf of another one is the sender. With SEND_SIG_NOINFO the
 * kernel may be the sender all the same: nso_signal_cause_noinfo().
 */
static struct task_struct *sender_of(int sig, const struct kernel_siginfo *info)
{
	if (info == SEND_SIG_PRIV || !in_task() || current->flags & PF_KTHREAD)
		return NULL;
	/* SEND_SIG_NOINFO means that current sends the signal. */
	if (info != SEND_SIG_NOINFO &&
	    (!SI_FROMUSER(info) || info->si_code == SI_TIMER) &&
	    !nso_signal_is_queued(sig))
		return NULL;
	return current;
}

/*
 * Tells whether signals from and to task are wanted, by its pid namespace and
 * its container.
 */
static bool is_in_scope(struct task_struct *task)
{
	unsigned int wanted = READ_ONCE(nso_signals_wanted);
	struct nso_cgroup cgroup;

	if (nso_signal_in_namespace(task) || wanted == NSORPHAN_SIGNALS_ALL)
		return true;
	if (wanted != NSORPHAN_SIGNALS_CONTAINED)
		return false;
	if (nso_cgroup_is_outside(rcu_dereference_sched(task->cgroups)))
		return false;
	nso_cgroup_of_task(task, &cgroup);
	/* If the container is not resolved yet, rather record too much. */
	return cgroup.container;
}

/* sender is NULL if the kernel sends the signal; current cannot tell then. */
static bool is_wanted(int sig, struct task_struct *sender,
		      struct task_struct *task, int result)
{
	if (!sender)
		return is_in_scope(task);
	if (same_thread_group(sender, task))
		return nso_signal_is_fatal(result, sig, task) && is_in_scope(task);
	return is_in_scope(task) || is_in_scope(sender);
}

/*
 * The numbers are the same. With TRACE_SIGNAL_LOSE_INFO only the siginfo is
 * lost, and the signal is delivered.
 */
static enum nsorphan_signal_result result_of(int result)
{
	BUILD_BUG_ON((int)NSORPHAN_SIGNAL_RESULT_DELIVERED !=
		     TRACE_SIGNAL_DELIVERED);
	BUILD_BUG_ON((int)NSORPHAN_SIGNAL_RESULT_IGNORED !=
		     TRACE_SIGNAL_IGNORED);
	BUILD_BUG_ON((int)NSORPHAN_SIGNAL_RESULT_PENDING !=
		     TRACE_SIGNAL_ALREADY_PENDING);
	BUILD_BUG_ON((int)NSORPHAN_SIGNAL_RESULT_LOST !=
		     TRACE_SIGNAL_OVERFLOW_FAIL);
	BUILD_BUG_ON(TRACE_SIGNAL_LOSE_INFO != 4);
	return (unsigned int)result % TRACE_SIGNAL_LOSE_INFO;
}

/* Claims a slot, and fills in what does not depend on the sender. */
static __always_inline struct nso_recorder_slot *
reserve(int sig, struct task_struct *task, int result, u64 boot_ns,
	const struct nso_cgroup *cgroup)
{
	struct nso_recorder_slot *slot;
	struct nso_event *event;

	if (!nso_recorder_reserve(&slot, NSORPHAN_EVENT_TYPE_SIGNAL, boot_ns))
		return NULL;
	event = &slot->event;
	nso_process_fill_inline(&event->signal.target, task);
	event->signal.signal = sig;
	event->signal.result = result_of(result);
	event->pidns = event->signal.target.pidns;
	event->cgroup = *cgroup;
	return slot;
}

static __always_inline void commit(struct nso_recorder_slot *slot)
{
	nso_recorder_commit(slot);
	nso_recorder_wake_soon();
}

static __always_inline void record_kill(int sig, struct task_struct *task,
					int result)
{
	u64 boot_ns = ktime_get_boot_fast_ns();
	struct nso_recorder_slot *slot;
	struct nso_cgroup cgroup;

	nso_cgroup_of_task(task, &cgroup);
	if (unlikely(cgroup.container))
		nso_container_signalled(task, &cgroup, current, sig,
					result_of(result), 0, boot_ns);
	slot = reserve(sig, task, result, boot_ns, &cgroup);
	if (!slot)
		return;
	slot->event.signal.cause = 0;
	nso_process_fill_inline(&slot->event.signal.sender, current);
	commit(slot);
}

/* Returns why the kernel sends the signal, or 0 if a process does. */
static u8 cause_of(int sig, const struct kernel_siginfo *info,
		   struct task_struct *sender, struct task_struct *task)
{
	if (!sender)
		return nso_signal_cause(sig, info, task);
	if (info == SEND_SIG_NOINFO)
		return nso_signal_cause_noinfo(sig, task);
	return 0;
}

static void record(int sig, const struct kernel_siginfo *info,
		   struct task_struct *sender, struct task_struct *task,
		   int result)
{
	u8 cause = cause_of(sig, info, sender, task);
	u64 boot_ns = ktime_get_boot_fast_ns();
	struct nso_recorder_slot *slot;
	struct nso_cgroup cgroup;
	struct nso_event *event;

	nso_cgroup_of_task(task, &cgroup);
	if (unlikely(cgroup.container))
		nso_container_signalled(task, &cgroup, cause ? NULL : current,
					sig, result_of(result), cause,
					boot_ns);
	slot = reserve(sig, task, result, boot_ns, &cgroup);
	if (!slot)
		return;
	event = &slot->event;
	event->signal.cause = cause;
	if (cause == NSORPHAN_SIGNAL_CAUSE_OOM) {
		event->signal.oom_cgroup = nso_oom_cgroup();
		event->signal.oom_limit = nso_oom_limit();
	} else if (!cause || nso_event_has_thread(event)) {
		nso_process_fill(&event->signal.sender, current);
		event->signal.tid = task_pid_nr(current);
	}
	commit(slot);
}

/* siglock disables preemption, except on PREEMPT_RT. */
static __always_inline void begin_recording(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_disable();
}

static __always_inline void end_recording(void)
{
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		preempt_enable();
}

/* Records a signal, if it is wanted, that is no kill(2). */
static noinline void sent_otherwise(int result, int sig,
				    const struct kernel_siginfo *info,
				    struct task_struct *task)
{
	struct task_struct *sender = sender_of(sig, info);

	begin_recording();
	if (is_wanted(sig, sender, task, result))
		record(sig, info, sender, task, result);
	end_recording();
}

/* Records a kill(2) that is fatal, or to another process, if it is wanted. */
static noinline void sent_by_kill(int result, int sig, struct task_struct *task)
{
	begin_recording();
	if (is_in_scope(task) || is_in_scope(current))
		record_kill(sig, task, result);
	end_recording();
}

void nso_signal_sent(int result, int sig, struct kernel_siginfo *info,
		     struct task_struct *task)
{
	if (nso_signal_is_kill(info))
		sent_by_kill(result, sig, task);
	else
		sent_otherwise(result, sig, info, task);
}
