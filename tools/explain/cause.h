/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a teardown still waits for a process, from what the module says of it.
 *
 * zap_pid_ns_processes() in kernel/pid_namespace.c has sent SIGKILL to every
 * process and waits until each is reaped. So each is in one of these cases; the
 * first that fits is the cause. Functions are those of the kernel, 5.10 to 7.3.
 *
 *  teardown-traced	A zombie, or a thread of one, whose tracer is outside
 *	and not the parent itself: wait_consider_task() lets the parent have it
 *	only after the tracer has (kernel/exit.c), and a thread that is traced
 *	is not released by itself, see exit_notify(). Or one that is stopped for
 *	such a tracer: SIGKILL ends every stop but PTRACE_EVENT_EXIT, which
 *	do_exit() makes after that signal was taken.
 *  teardown-outside-parent  A zombie whose parent is outside (setns() and
 *	fork()): zap_pid_ns_processes() cannot wait for it, and only that
 *	parent's wait(), or its death, ends it.
 *  teardown-frozen	By the freezer of cgroup v1, or of suspend:
 *	get_signal() calls try_to_freeze() before it looks for a signal, and
 *	__refrigerator() sleeps through SIGKILL. (cgroup v2 does not hold: there
 *	get_signal() looks for a fatal signal before do_freezer_trap(). Its
 *	frozen processes are seen so only until they get to run.)
 *  teardown-dumping	The thread that writes the core has not got to its end,
 *	the others wait for it. SIGKILL interrupts it (dump_interrupted() in
 *	fs/coredump.c), but not a write that cannot be interrupted, to a file
 *	system that does not answer. A pipe's handler that does not read does
 *	not hold it.
 *  teardown-live-thread  A zombie leader of which another thread is not gone:
 *	delay_group_leader(), so neither is it reaped nor its parent told. That
 *	thread is the culprit; mostly it is in disk-sleep.
 *  teardown-disk-sleep	It waits for what no signal interrupts: a driver, or a
 *	file system whose server does not answer.
 *  teardown-running	None of these: it is on its way, or it is the init of a
 *	namespace below, which waits for its own processes; or a zombie whose
 *	parent is inside, and has to die first.
 *
 * A parent in vfork() is none: since wait_for_vfork_done() waits killably
 * (kernel/fork.c), it dies without its child.
 */
#ifndef NSORPHAN_CAUSE_H
#define NSORPHAN_CAUSE_H

#include "genl/teardown.h"

enum cause {
	CAUSE_TRACED,
	CAUSE_OUTSIDE_PARENT,
	CAUSE_FROZEN,
	CAUSE_DUMPING,
	CAUSE_LIVE_THREAD,
	CAUSE_DISK_SLEEP,
	CAUSE_RUNNING,
};

enum cause cause_of(const struct remaining *remaining);

/* "teardown-traced" and so on. */
const char *cause_name(enum cause cause);

/* In words, what the process waits for: "its tracer ...". */
const char *cause_words(enum cause cause);

#endif
