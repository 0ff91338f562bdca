// SPDX-License-Identifier: GPL-2.0
/*
 * Watches signals, by a tracepoint, and tells which of them a teardown sends. A
 * tracepoint misses no hit.
 */
#include <linux/preempt.h>
#include <linux/sched/signal.h>
#include <linux/tracepoint.h>
#include <trace/events/signal.h>

#include "oom.h"
#include "probe-common.h"
#include "probe-signal.h"
#include "signal-cause.h"
#include "signal.h"
#include "teardown.h"

/* Tells whether zap_pid_ns_processes() may be sending this signal. */
static bool may_be_teardown(const struct kernel_siginfo *info)
{
	return info == SEND_SIG_PRIV && current->flags & PF_EXITING &&
	       in_task() && !nso_oom_is_killer();
}

static noinline void sigkill_generated(int result, int sig,
				       struct kernel_siginfo *info,
				       struct task_struct *task)
{
	bool is_teardown = false;

	/* Not every kernel calls tracepoints with preemption disabled. */
	preempt_disable();
	if (may_be_teardown(info))
		is_teardown =
			nso_teardown_kill(task,
					  result == TRACE_SIGNAL_DELIVERED);
	preempt_enable();
	if (!is_teardown && nso_signal_may_be_wanted(result, sig, info, task))
		nso_signal_sent(result, sig, info, task);
}

/*
 * __send_signal_locked() fires signal_generate with siglock held. Most signals
 * are not wanted and take a few instructions here; the parameters stay in their
 * registers for the others.
 */
static void signal_generated(void *data, int sig, struct kernel_siginfo *info,
			     struct task_struct *task, int group, int result)
{
	/* Every process that ends sends one. */
	if (sig == SIGCHLD && likely(!nso_signal_all_wanted()))
		return;
	if (unlikely(sig == SIGKILL))
		sigkill_generated(result, sig, info, task);
	else if (nso_signal_may_be_wanted(result, sig, info, task))
		nso_signal_sent(result, sig, info, task);
}

static struct nso_probe_tracepoint signal_tracepoint = {
	.name = "signal_generate",
	.probe = signal_generated,
};

int nso_probe_signal_init(void)
{
	int err;

	nso_signal_cause_init();
	err = nso_probe_attach_tracepoint(&signal_tracepoint);
	if (err)
		err = nso_probe_cannot_watch("signals",
					     "tracepoint signal_generate", err);
	return err;
}

void nso_probe_signal_exit(void)
{
	nso_probe_detach_tracepoint(&signal_tracepoint);
	tracepoint_synchronize_unregister();
}
