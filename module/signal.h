/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The signal events: who sent which signal to whom, and what the kernel did with
 * it. Which of them are recorded is the parameter `signals`.
 */
#ifndef NSORPHAN_SIGNAL_H
#define NSORPHAN_SIGNAL_H

#include <linux/sched.h>
#include <linux/signal_types.h>

#include "nsorphan.h"

/* The parameter. Any time. */
void signal_set_wanted(enum nsorphan_signals wanted);
enum nsorphan_signals signal_get_wanted(void);

/*
 * What tracepoint signal_generate tells: signal sig was sent to task's process,
 * result is one of TRACE_SIGNAL_*. Any context, under task's siglock, preemption
 * off.
 */
void signal_sent(int sig, struct kernel_siginfo *info, struct task_struct *task,
		 int result);

#endif
