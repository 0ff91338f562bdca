/* SPDX-License-Identifier: GPL-2.0 */
/* Why the kernel sends a signal. */
#ifndef NSO_SIGNAL_CAUSE_H
#define NSO_SIGNAL_CAUSE_H

#include <linux/sched.h>
#include <linux/signal.h>

#include "nsorphan.h"

/* Prepares nso_signal_cause(). May sleep. */
void nso_signal_cause_init(void);

/*
 * Tells whether current queues sig with a siginfo of its own making, which may
 * have any si_code, the kernel's too. In task context of a process.
 */
bool nso_signal_is_queued(int sig);

/*
 * Return why the kernel sends sig to the process of task: the first if no
 * process sends it, the second for SEND_SIG_NOINFO of current. That is also what
 * some processes send, then the second returns 0. Parameters as in tracepoint
 * signal_generate. Any context; the caller holds the siglock of task, has
 * preemption disabled, and for the second is in task context of a process.
 */
enum nsorphan_signal_cause nso_signal_cause(int sig,
					    const struct kernel_siginfo *info,
					    struct task_struct *task);
enum nsorphan_signal_cause nso_signal_cause_noinfo(int sig,
						   struct task_struct *task);

#endif
