// SPDX-License-Identifier: GPL-2.0
/*
 * How signals are watched, and which of them are a teardown's. It misses none: a
 * tracepoint calls whatever else is going on.
 */
#include <linux/preempt.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/tracepoint.h>
#include <trace/events/signal.h>

#include "probe-common.h"
#include "probe-signal.h"
#include "signal.h"
#include "teardown.h"

/* zap_pid_ns_processes() sends it so. */
static bool may_be_teardown(const struct kernel_siginfo *info)
{
	return info == SEND_SIG_PRIV && current->flags & PF_EXITING &&
	       in_task();
}

static noinline void sigkill_generated(int result, int sig,
				       struct kernel_siginfo *info,
				       struct task_struct *task)
{
	bool is_teardown = false;

	/* Not every kernel has it off already where a tracepoint is listened to. */
	preempt_disable();
	if (may_be_teardown(info))
		is_teardown =
			nso_teardown_kill(task,
					  result == TRACE_SIGNAL_DELIVERED);
	preempt_enable();
	if (!is_teardown && nso_signal_may_be_wanted(sig, task))
		nso_signal_sent(result, sig, info, task);
}

/*
 * signal_generate is fired by __send_signal_locked(), under siglock. Few steps
 * for the many that nobody wants; the parameters stay where they are for those
 * that somebody does.
 */
static void signal_generated(void *data, int sig, struct kernel_siginfo *info,
			     struct task_struct *task, int group, int result)
{
	if (unlikely(sig == SIGKILL))
		sigkill_generated(result, sig, info, task);
	else if (nso_signal_may_be_wanted(sig, task))
		nso_signal_sent(result, sig, info, task);
}

static struct tracepoint *signal_tracepoint;

/* The tracepoint itself is not exported to modules. */
static void find_signal_tracepoint(struct tracepoint *tracepoint, void *data)
{
	if (!strcmp(tracepoint->name, "signal_generate"))
		signal_tracepoint = tracepoint;
}

int nso_probe_signal_init(void)
{
	int err;

	for_each_kernel_tracepoint(find_signal_tracepoint, NULL);
	err = signal_tracepoint ?
		tracepoint_probe_register(signal_tracepoint, signal_generated,
					  NULL) : -ENOENT;
	if (err)
		err = nso_probe_cannot_watch("signals",
					     "tracepoint signal_generate", err);
	return err;
}

void nso_probe_signal_exit(void)
{
	tracepoint_probe_unregister(signal_tracepoint, signal_generated, NULL);
	tracepoint_synchronize_unregister();
}
