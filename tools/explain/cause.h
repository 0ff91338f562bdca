/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a teardown still waits for a process, from what the module says about it.
 *
 * zap_pid_ns_processes() in kernel/pid_namespace.c has sent SIGKILL to every
 * process and waits until each is reaped. So each is in one of these cases; the
 * first that applies is the cause. Functions are those of the kernel, 5.10 to
 * 7.3.
 *
 *  teardown-traced	A zombie, or a thread of one, whose tracer is outside
 *	and not the parent itself: wait_consider_task() lets the parent reap it
 *	only after the tracer has (kernel/exit.c), and a traced thread does not
 *	release itself, see exit_notify(). Or a process stopped for such a
 *	tracer: SIGKILL ends every stop but PTRACE_EVENT_EXIT, which do_exit()
 *	makes after that signal was taken.
 *  teardown-outside-parent  A zombie whose parent is outside (setns() and
 *	fork()): zap_pid_ns_processes() cannot wait for it, and only the wait()
 *	of that parent, or its death, lets it go.
 *  teardown-frozen	By the freezer of cgroup v1, or of suspend:
 *	get_signal() calls try_to_freeze() before it looks for a signal, and
 *	__refrigerator() sleeps through SIGKILL. (cgroup v2 does not hold a
 *	killed process: there get_signal() looks for a fatal signal before
 *	do_freezer_trap(). The process is seen frozen only until it runs.)
 *  teardown-dumping	One thread is still writing the core dump, and the
 *	others wait for that thread. SIGKILL interrupts it (dump_interrupted()
 *	in fs/coredump.c), but not a write that cannot be interrupted, to a file
 *	system that does not answer. A pipe whose handler does not read does not
 *	hold it.
 *  teardown-live-thread  A zombie leader with another thread that has not
 *	ended: while delay_group_leader() is true, the process is neither reaped
 *	nor its parent notified. That thread is the culprit; most often it is in
 *	disk sleep.
 *  teardown-disk-sleep	The process waits for something that no signal
 *	interrupts: a driver, or a file system whose server does not answer.
 *  teardown-running	None of these: the process is exiting, or it is the init
 *	of a namespace below and waits for its own processes, or it is a zombie
 *	whose parent is inside and has to die first.
 *
 * A parent in vfork() needs no case of its own: wait_for_vfork_done() waits
 * killably (kernel/fork.c), so the parent dies without its child.
 */
#ifndef NSORPHAN_CAUSE_H
#define NSORPHAN_CAUSE_H

#include "explain/verdict-kind.h"
#include "genl/teardown.h"

/* Returns one of the teardown verdicts. */
enum verdict_kind cause_of(const struct remaining *remaining);

#endif
