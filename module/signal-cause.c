// SPDX-License-Identifier: GPL-2.0
/*
 * A cause is said if the kernel shows it at the moment that it sends the signal:
 * by the siginfo, by the state of current, or by that of the target. Else it is
 * NSORPHAN_SIGNAL_CAUSE_OTHER. Functions are those of the kernel, 5.10 to 7.3.
 */
#include <linux/compat.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/hrtimer.h>
#include <linux/kthread.h>
#include <linux/math64.h>
#include <linux/preempt.h>
#include <linux/ptrace.h>
#include <linux/resource.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/signal.h>
#include <linux/task_work.h>
#include <linux/time64.h>
#include <asm/syscall.h>
#include <asm/unistd.h>

#include "compat.h"
#include "oom.h"
#include "signal-cause.h"

/*
 * What task_works points to once exit_task_work() is over: &work_exited, which
 * is static in kernel/task_work.c. NULL: not known.
 */
static struct callback_head *work_exited;

static int end_at_once(void *unused)
{
	return 0;
}

/* Learns the address from a kernel thread that has ended. */
void nso_signal_cause_init(void)
{
	struct task_struct *task = kthread_create(end_at_once, NULL,
						  KBUILD_MODNAME);

	if (IS_ERR(task))
		return;
	get_task_struct(task);
	wake_up_process(task);
	/* do_exit() sets exit_state after it has called exit_task_work(). */
	while (!smp_load_acquire(&task->exit_state))
		schedule_timeout_uninterruptible(1);
	work_exited = READ_ONCE(task->task_works);
	put_task_struct(task);
}

/*
 * Tells whether current is in exit_notify(): of all that do_exit() calls, the
 * files and the terminal may have something to send, too, and the last of them
 * are closed by exit_task_work().
 */
static bool in_exit_notify(void)
{
	return in_task() && current->flags & PF_EXITING &&
	       !current->exit_state && work_exited &&
	       READ_ONCE(current->task_works) == work_exited;
}

/* Numbers of rt_sigqueueinfo() and rt_tgsigqueueinfo() of 32-bit processes. */
#define NR_COMPAT_SIGQUEUEINFO		178
#define NR_COMPAT_TGSIGQUEUEINFO	(IS_ENABLED(CONFIG_X86) ? 335 : 363)

bool nso_signal_is_queued(int sig)
{
	struct pt_regs *regs = task_pt_regs(current);
	bool compat = in_compat_syscall();
	int nr = syscall_get_nr(current, regs);
	unsigned long args[6];

	syscall_get_arguments(current, regs, args);
	if (nr == (compat ? NR_COMPAT_TGSIGQUEUEINFO : __NR_rt_tgsigqueueinfo))
		return (int)args[2] == sig;
	return (nr == __NR_pidfd_send_signal ||
		nr == (compat ? NR_COMPAT_SIGQUEUEINFO :
				__NR_rt_sigqueueinfo)) &&
	       (int)args[1] == sig;
}

enum nsorphan_signal_cause nso_signal_cause_noinfo(int sig,
						   struct task_struct *task)
{
	if (task == current) {
		/* kill(2) has a siginfo, so these are the kernel's own. */
		if (sig == SIGXFSZ)
			return NSORPHAN_SIGNAL_CAUSE_RLIMIT;
		if (sig == SIGPIPE || sig == SIGTRAP)
			return NSORPHAN_SIGNAL_CAUSE_OTHER;
	} else if (current->flags & PF_EXITING && task->pdeath_signal == sig &&
		   !same_thread_group(task, current)) {
		/* forget_original_parent() */
		return NSORPHAN_SIGNAL_CAUSE_PDEATH;
	}
	return 0;
}

/* Tells whether exit_ptrace() is about to detach task from current. */
static bool is_exitkill(struct task_struct *task)
{
	return in_exit_notify() && task->ptrace & PT_EXITKILL &&
	       rcu_access_pointer(task->parent) == current;
}

/* Tells whether a time was set, and is over. */
static bool is_over(u64 time, unsigned long limit, u64 unit)
{
	return limit != RLIM_INFINITY && time >= limit * unit;
}

/*
 * Tells whether check_rlimit() in kernel/time/posix-cpu-timers.c has found a
 * limit of time exceeded. It sends the signal to current, and raises the soft
 * limit only after that.
 */
static bool is_over_limit(int sig, struct task_struct *task)
{
	const struct task_cputime_atomic *cpu =
		&task->signal->cputimer.cputime_atomic;
	const struct rlimit *rlim = task->signal->rlim;
	unsigned long limit_cpu, limit_rt;

	if (task != current)
		return false;
	if (sig == SIGKILL) {
		limit_cpu = READ_ONCE(rlim[RLIMIT_CPU].rlim_max);
		limit_rt = READ_ONCE(rlim[RLIMIT_RTTIME].rlim_max);
	} else {
		limit_cpu = READ_ONCE(rlim[RLIMIT_CPU].rlim_cur);
		limit_rt = READ_ONCE(rlim[RLIMIT_RTTIME].rlim_cur);
	}
	return is_over(atomic64_read(&cpu->utime) + atomic64_read(&cpu->stime),
		       limit_cpu, NSEC_PER_SEC) ||
	       is_over(task->rt.timeout * (USEC_PER_SEC / HZ), limit_rt, 1);
}

/*
 * Tells whether it_real_fn() may run: a timer that was set is not queued while it
 * runs, and has expired.
 */
static bool has_expired(struct hrtimer *timer)
{
	return hrtimer_get_expires(timer) && !hrtimer_is_queued(timer);
}

/*
 * Tells whether the process of task is in the foreground of its terminal. The
 * siglock protects signal->tty, which holds a reference.
 */
static bool is_in_foreground(struct task_struct *task)
{
	const struct tty_struct *tty = task->signal->tty;

	return tty && nso_compat_tty_pgrp(tty) == task_pgrp(task);
}

static enum nsorphan_signal_cause cause_of_sigkill(struct task_struct *task)
{
	if (nso_oom_kills(task))
		return NSORPHAN_SIGNAL_CAUSE_OOM;
	if (is_exitkill(task))
		return NSORPHAN_SIGNAL_CAUSE_EXITKILL;
	return is_over_limit(SIGKILL, task) ? NSORPHAN_SIGNAL_CAUSE_RLIMIT :
					      NSORPHAN_SIGNAL_CAUSE_OTHER;
}

/* The cause of SEND_SIG_PRIV, which has no siginfo either. */
static enum nsorphan_signal_cause cause_of_priv(int sig,
						struct task_struct *task)
{
	switch (sig) {
	case SIGKILL:
		return cause_of_sigkill(task);
	case SIGXCPU:
		/* check_dl_overrun() sends it, too. */
		if (is_over_limit(sig, task))
			return NSORPHAN_SIGNAL_CAUSE_RLIMIT;
		break;
	case SIGALRM:
		if (has_expired(&task->signal->real_timer))
			return NSORPHAN_SIGNAL_CAUSE_TIMER;
		break;
	case SIGVTALRM:
	case SIGPROF:
		/* check_cpu_itimer() */
		if (task == current)
			return NSORPHAN_SIGNAL_CAUSE_TIMER;
		break;
	case SIGHUP:
	case SIGCONT:
		/* kill_orphaned_pgrp(); all others are in drivers/tty. */
		if (in_exit_notify())
			return NSORPHAN_SIGNAL_CAUSE_ORPHANED_PGRP;
		if (in_task() && work_exited)
			return NSORPHAN_SIGNAL_CAUSE_TTY;
		break;
	case SIGINT:
	case SIGQUIT:
	case SIGTSTP:
	case SIGWINCH:
		/* isig(), pty_signal(), tty_do_resize(), pty_resize() */
		if (is_in_foreground(task))
			return NSORPHAN_SIGNAL_CAUSE_TTY;
		break;
	case SIGTTIN:
	case SIGTTOU:
		/* __tty_check_change() */
		if (task->signal->tty)
			return NSORPHAN_SIGNAL_CAUSE_TTY;
		break;
	}
	return NSORPHAN_SIGNAL_CAUSE_OTHER;
}

static enum nsorphan_signal_cause
cause_of_siginfo(int sig, const struct kernel_siginfo *info)
{
	if (info->si_code == SI_TIMER)
		return NSORPHAN_SIGNAL_CAUSE_TIMER;
	if (info->si_code <= 0)
		return NSORPHAN_SIGNAL_CAUSE_OTHER;
	switch (sig) {
	case SIGSYS:
		if (info->si_code == SYS_SECCOMP)
			return NSORPHAN_SIGNAL_CAUSE_SECCOMP;
		break;
	case SIGTRAP:
		/* The next code is that of perf, which is no exception. */
		if (info->si_code == SI_KERNEL || info->si_code <= TRAP_UNK)
			return NSORPHAN_SIGNAL_CAUSE_FAULT;
		break;
	case SIGSEGV:
		/* bprm_execve() ends a process that it cannot complete. */
		if (info->si_code == SI_KERNEL && current->in_execve)
			break;
		fallthrough;
	case SIGILL:
	case SIGBUS:
	case SIGFPE:
		return NSORPHAN_SIGNAL_CAUSE_FAULT;
	}
	return NSORPHAN_SIGNAL_CAUSE_OTHER;
}

enum nsorphan_signal_cause nso_signal_cause(int sig,
					    const struct kernel_siginfo *info,
					    struct task_struct *task)
{
	if (info == SEND_SIG_PRIV)
		return cause_of_priv(sig, task);
	if (info == SEND_SIG_NOINFO)
		return NSORPHAN_SIGNAL_CAUSE_OTHER;
	return cause_of_siginfo(sig, info);
}
