/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/nsorphan.yaml */
/* YNL-GEN uapi header */

#ifndef _UAPI_LINUX_NSORPHAN_H
#define _UAPI_LINUX_NSORPHAN_H

#define NSORPHAN_FAMILY_NAME	"nsorphan"
#define NSORPHAN_FAMILY_VERSION	1

/**
 * enum nsorphan_event_type - Type of an event.
 * @NSORPHAN_EVENT_TYPE_REPARENT: A child got a new parent because its old
 *   parent died.
 * @NSORPHAN_EVENT_TYPE_TEARDOWN_BEGIN: The init of a pid namespace is dying,
 *   and the kernel begins to kill all processes in the namespace.
 * @NSORPHAN_EVENT_TYPE_TEARDOWN_KILL: A SIGKILL that the teardown sent to a
 *   process was delivered.
 * @NSORPHAN_EVENT_TYPE_TEARDOWN_END: The last process of the namespace is
 *   gone.
 * @NSORPHAN_EVENT_TYPE_TEARDOWN_STALL: A process remains although the teardown
 *   is `stall-ms` old, or twice, four times ... as old. There is an event for
 *   each such process.
 * @NSORPHAN_EVENT_TYPE_SIGNAL: A process was sent a signal by another process
 *   or by the kernel. The `signals` of the status tell which signals are
 *   recorded.
 */
enum nsorphan_event_type {
	NSORPHAN_EVENT_TYPE_REPARENT = 1,
	NSORPHAN_EVENT_TYPE_TEARDOWN_BEGIN,
	NSORPHAN_EVENT_TYPE_TEARDOWN_KILL,
	NSORPHAN_EVENT_TYPE_TEARDOWN_END,
	NSORPHAN_EVENT_TYPE_TEARDOWN_STALL,
	NSORPHAN_EVENT_TYPE_SIGNAL,
};

/**
 * enum nsorphan_task_state - State of a task, in the words of State in
 *   /proc/PID/status.
 */
enum nsorphan_task_state {
	NSORPHAN_TASK_STATE_RUNNING,
	NSORPHAN_TASK_STATE_SLEEPING,
	NSORPHAN_TASK_STATE_DISK_SLEEP,
	NSORPHAN_TASK_STATE_STOPPED,
	NSORPHAN_TASK_STATE_TRACED,
	NSORPHAN_TASK_STATE_DEAD,
	NSORPHAN_TASK_STATE_ZOMBIE,
	NSORPHAN_TASK_STATE_PARKED,
	NSORPHAN_TASK_STATE_IDLE,
};

/**
 * enum nsorphan_reaper - The reason for which a process became the new parent.
 * @NSORPHAN_REAPER_INIT: The new parent is the init of the initial pid
 *   namespace.
 * @NSORPHAN_REAPER_NS_INIT: The new parent is the init of the old parent's pid
 *   namespace.
 * @NSORPHAN_REAPER_SUBREAPER: The new parent is the nearest ancestor of the
 *   old parent that is a child subreaper.
 */
enum nsorphan_reaper {
	NSORPHAN_REAPER_INIT = 1,
	NSORPHAN_REAPER_NS_INIT,
	NSORPHAN_REAPER_SUBREAPER,
};

/**
 * enum nsorphan_signal_result - What the kernel did with a signal when it was
 *   sent.
 * @NSORPHAN_SIGNAL_RESULT_DELIVERED: The signal is pending until the process
 *   takes it.
 * @NSORPHAN_SIGNAL_RESULT_IGNORED: The signal was dropped: the process ignores
 *   it, or is dying, or is the init of a pid namespace and has no handler for
 *   it.
 * @NSORPHAN_SIGNAL_RESULT_PENDING: The same signal was pending already; the
 *   process takes both as one.
 * @NSORPHAN_SIGNAL_RESULT_LOST: The signal could not be queued: no memory was
 *   left, or the user had reached the limit of pending signals.
 */
enum nsorphan_signal_result {
	NSORPHAN_SIGNAL_RESULT_DELIVERED,
	NSORPHAN_SIGNAL_RESULT_IGNORED,
	NSORPHAN_SIGNAL_RESULT_PENDING,
	NSORPHAN_SIGNAL_RESULT_LOST,
};

/**
 * enum nsorphan_signals - Which signals are recorded.
 * @NSORPHAN_SIGNALS_OFF: None.
 * @NSORPHAN_SIGNALS_NAMESPACED: Signals whose target or sender is in a pid
 *   namespace below the initial one, except SIGCHLD.
 * @NSORPHAN_SIGNALS_ALL: All signals, including SIGCHLD.
 * @NSORPHAN_SIGNALS_CONTAINED: Signals whose target or sender is in a
 *   container, or in a pid namespace below the initial one, except SIGCHLD. A
 *   signal that the kernel sends has no sender.
 */
enum nsorphan_signals {
	NSORPHAN_SIGNALS_OFF,
	NSORPHAN_SIGNALS_NAMESPACED,
	NSORPHAN_SIGNALS_ALL,
	NSORPHAN_SIGNALS_CONTAINED,
};

/**
 * enum nsorphan_remaining_flag - Properties of a process that a teardown waits
 *   for.
 * @NSORPHAN_REMAINING_FLAG_OUTSIDE_PARENT: The parent of the process lives
 *   outside of the namespace.
 * @NSORPHAN_REMAINING_FLAG_OUTSIDE_TRACER: The tracer of the process lives
 *   outside of the namespace.
 * @NSORPHAN_REMAINING_FLAG_FROZEN: The process is frozen, by the freezer of
 *   cgroup v1 or v2 or of suspend.
 * @NSORPHAN_REMAINING_FLAG_DUMPING: The process is dumping core.
 * @NSORPHAN_REMAINING_FLAG_EXITING: The process has begun to exit, and is not
 *   a zombie yet.
 * @NSORPHAN_REMAINING_FLAG_LIVE_THREAD: The process is a zombie that cannot be
 *   reaped because one of its threads is alive; `tid` and `thread-state` are
 *   of that thread.
 */
enum nsorphan_remaining_flag {
	NSORPHAN_REMAINING_FLAG_OUTSIDE_PARENT = 1,
	NSORPHAN_REMAINING_FLAG_OUTSIDE_TRACER = 2,
	NSORPHAN_REMAINING_FLAG_FROZEN = 4,
	NSORPHAN_REMAINING_FLAG_DUMPING = 8,
	NSORPHAN_REMAINING_FLAG_EXITING = 16,
	NSORPHAN_REMAINING_FLAG_LIVE_THREAD = 32,
};

/**
 * enum nsorphan_signal_cause - The reason for which the kernel sent a signal,
 *   as far as it is known.
 * @NSORPHAN_SIGNAL_CAUSE_OOM: The OOM killer sent SIGKILL to its victim, or to
 *   a process that shares the victim's memory.
 * @NSORPHAN_SIGNAL_CAUSE_PDEATH: The thread that was the target's parent
 *   ended, and the target had asked for the signal by PR_SET_PDEATHSIG.
 * @NSORPHAN_SIGNAL_CAUSE_ORPHANED_PGRP: The process group became orphaned
 *   while one of its processes was stopped.
 * @NSORPHAN_SIGNAL_CAUSE_SECCOMP: A seccomp filter sent SIGSYS.
 * @NSORPHAN_SIGNAL_CAUSE_FAULT: The processor reported an exception: a bad
 *   address or instruction, a division by zero, a breakpoint.
 * @NSORPHAN_SIGNAL_CAUSE_TTY: A terminal sent the signal: by a key, by hanging
 *   up, by a change of its size, or because a background process used it.
 * @NSORPHAN_SIGNAL_CAUSE_TIMER: A timer of the process expired.
 * @NSORPHAN_SIGNAL_CAUSE_RLIMIT: The process reached RLIMIT_CPU, RLIMIT_RTTIME
 *   or RLIMIT_FSIZE.
 * @NSORPHAN_SIGNAL_CAUSE_EXITKILL: The thread that traced the process with
 *   PTRACE_O_EXITKILL ended.
 * @NSORPHAN_SIGNAL_CAUSE_OTHER: Another reason, or one that the kernel does
 *   not show.
 * @NSORPHAN_SIGNAL_CAUSE_TEARDOWN: The pid namespace ended, which the target
 *   shared with another container. Only of signals of a container: there is a
 *   teardown-kill event in place of a signal event.
 */
enum nsorphan_signal_cause {
	NSORPHAN_SIGNAL_CAUSE_OOM = 1,
	NSORPHAN_SIGNAL_CAUSE_PDEATH,
	NSORPHAN_SIGNAL_CAUSE_ORPHANED_PGRP,
	NSORPHAN_SIGNAL_CAUSE_SECCOMP,
	NSORPHAN_SIGNAL_CAUSE_FAULT,
	NSORPHAN_SIGNAL_CAUSE_TTY,
	NSORPHAN_SIGNAL_CAUSE_TIMER,
	NSORPHAN_SIGNAL_CAUSE_RLIMIT,
	NSORPHAN_SIGNAL_CAUSE_EXITKILL,
	NSORPHAN_SIGNAL_CAUSE_OTHER,
	NSORPHAN_SIGNAL_CAUSE_TEARDOWN,
};

/**
 * enum nsorphan_hierarchy - A cgroup hierarchy.
 * @NSORPHAN_HIERARCHY_V2: The hierarchy of cgroup v2.
 * @NSORPHAN_HIERARCHY_PIDS: The hierarchy of cgroup v1 that has the controller
 *   pids.
 * @NSORPHAN_HIERARCHY_MEMORY: The hierarchy of cgroup v1 that has the
 *   controller memory.
 */
enum nsorphan_hierarchy {
	NSORPHAN_HIERARCHY_V2,
	NSORPHAN_HIERARCHY_PIDS,
	NSORPHAN_HIERARCHY_MEMORY,
};

/**
 * enum nsorphan_task_flag - Properties of a thread. A thread that is a zombie
 *   has none.
 * @NSORPHAN_TASK_FLAG_COMPAT: The system call that the thread is in has the
 *   number and arguments of a 32-bit one.
 * @NSORPHAN_TASK_FLAG_KILLABLE: The thread is in disk-sleep, but SIGKILL ends
 *   that sleep.
 * @NSORPHAN_TASK_FLAG_KILLED: SIGKILL is pending for the thread, or its
 *   process is ending as a whole. Of a thread that is dumping core: SIGKILL is
 *   pending.
 * @NSORPHAN_TASK_FLAG_EXITING: The thread has begun to exit.
 * @NSORPHAN_TASK_FLAG_IO_WORKER: The thread does the work of an io_uring.
 * @NSORPHAN_TASK_FLAG_IN_EXECVE: The thread is executing a program by
 *   execve(2).
 * @NSORPHAN_TASK_FLAG_FROZEN: The thread is frozen, by the freezer of cgroup
 *   v1 or v2 or of suspend.
 * @NSORPHAN_TASK_FLAG_DUMPING: The thread is dumping the core of its process.
 * @NSORPHAN_TASK_FLAG_VFORK_CHILD: Another thread waits in vfork(2) for the
 *   process to execute a program or to exit.
 */
enum nsorphan_task_flag {
	NSORPHAN_TASK_FLAG_COMPAT = 1,
	NSORPHAN_TASK_FLAG_KILLABLE = 2,
	NSORPHAN_TASK_FLAG_KILLED = 4,
	NSORPHAN_TASK_FLAG_EXITING = 8,
	NSORPHAN_TASK_FLAG_IO_WORKER = 16,
	NSORPHAN_TASK_FLAG_IN_EXECVE = 32,
	NSORPHAN_TASK_FLAG_FROZEN = 64,
	NSORPHAN_TASK_FLAG_DUMPING = 128,
	NSORPHAN_TASK_FLAG_VFORK_CHILD = 256,
};

enum {
	NSORPHAN_A_PROCESS_PAD = 1,
	NSORPHAN_A_PROCESS_PID,
	NSORPHAN_A_PROCESS_NS_PID,
	NSORPHAN_A_PROCESS_PIDNS,
	NSORPHAN_A_PROCESS_COMM,
	NSORPHAN_A_PROCESS_START_NS,
	NSORPHAN_A_PROCESS_UID,
	NSORPHAN_A_PROCESS_STATE,
	NSORPHAN_A_PROCESS_TID,
	NSORPHAN_A_PROCESS_EXIT_CODE,
	NSORPHAN_A_PROCESS_EXIT_SIGNAL,
	NSORPHAN_A_PROCESS_THREAD_STATE,

	__NSORPHAN_A_PROCESS_MAX,
	NSORPHAN_A_PROCESS_MAX = (__NSORPHAN_A_PROCESS_MAX - 1)
};

enum {
	NSORPHAN_A_EVENT_PAD = 1,
	NSORPHAN_A_EVENT_SEQ,
	NSORPHAN_A_EVENT_BOOT_NS,
	NSORPHAN_A_EVENT_EVENT,
	NSORPHAN_A_EVENT_PIDNS,
	NSORPHAN_A_EVENT_CGROUP,
	NSORPHAN_A_EVENT_CHILD,
	NSORPHAN_A_EVENT_OLD_PARENT,
	NSORPHAN_A_EVENT_NEW_PARENT,
	NSORPHAN_A_EVENT_REAPER,
	NSORPHAN_A_EVENT_PDEATH_SIGNAL,
	NSORPHAN_A_EVENT_CROSSED,
	NSORPHAN_A_EVENT_INIT,
	NSORPHAN_A_EVENT_INIT_PARENT,
	NSORPHAN_A_EVENT_LEVEL,
	NSORPHAN_A_EVENT_PROCESSES,
	NSORPHAN_A_EVENT_PROCESS,
	NSORPHAN_A_EVENT_PARENT,
	NSORPHAN_A_EVENT_DURATION_NS,
	NSORPHAN_A_EVENT_KILLED,
	NSORPHAN_A_EVENT_SINCE,
	NSORPHAN_A_EVENT_WAITED_NS,
	NSORPHAN_A_EVENT_TRACER,
	NSORPHAN_A_EVENT_FLAGS,
	NSORPHAN_A_EVENT_SIGNAL,
	NSORPHAN_A_EVENT_SENDER,
	NSORPHAN_A_EVENT_TARGET,
	NSORPHAN_A_EVENT_RESULT,
	NSORPHAN_A_EVENT_HIERARCHY,
	NSORPHAN_A_EVENT_CONTAINER,
	NSORPHAN_A_EVENT_CAUSE,
	NSORPHAN_A_EVENT_THREAD,
	NSORPHAN_A_EVENT_OOM_CGROUP,
	NSORPHAN_A_EVENT_OOM_LIMIT,
	NSORPHAN_A_EVENT_BEFORE_LOAD,

	__NSORPHAN_A_EVENT_MAX,
	NSORPHAN_A_EVENT_MAX = (__NSORPHAN_A_EVENT_MAX - 1)
};

enum {
	NSORPHAN_A_STATUS_PAD = 1,
	NSORPHAN_A_STATUS_VERSION,
	NSORPHAN_A_STATUS_KERNEL,
	NSORPHAN_A_STATUS_REPARENT_PROBE,
	NSORPHAN_A_STATUS_TEARDOWN_PROBE,
	NSORPHAN_A_STATUS_RECORDS,
	NSORPHAN_A_STATUS_OLDEST_SEQ,
	NSORPHAN_A_STATUS_NEXT_SEQ,
	NSORPHAN_A_STATUS_OVERWRITTEN,
	NSORPHAN_A_STATUS_DROPPED,
	NSORPHAN_A_STATUS_MISSED,
	NSORPHAN_A_STATUS_READERS,
	NSORPHAN_A_STATUS_TEARDOWNS,
	NSORPHAN_A_STATUS_MISMATCHED,
	NSORPHAN_A_STATUS_VERIFY,
	NSORPHAN_A_STATUS_PROBE,
	NSORPHAN_A_STATUS_BYTES,
	NSORPHAN_A_STATUS_STALL_MS,
	NSORPHAN_A_STATUS_SIGNALS,
	NSORPHAN_A_STATUS_BLIND,
	NSORPHAN_A_STATUS_BLIND_FROM_NS,
	NSORPHAN_A_STATUS_BLIND_TO_NS,
	NSORPHAN_A_STATUS_LOADED_NS,

	__NSORPHAN_A_STATUS_MAX,
	NSORPHAN_A_STATUS_MAX = (__NSORPHAN_A_STATUS_MAX - 1)
};

enum {
	NSORPHAN_A_PROBE_PAD = 1,
	NSORPHAN_A_PROBE_SYMBOL,
	NSORPHAN_A_PROBE_MISSED,

	__NSORPHAN_A_PROBE_MAX,
	NSORPHAN_A_PROBE_MAX = (__NSORPHAN_A_PROBE_MAX - 1)
};

enum {
	NSORPHAN_A_TEARDOWN_PAD = 1,
	NSORPHAN_A_TEARDOWN_PIDNS,
	NSORPHAN_A_TEARDOWN_LEVEL,
	NSORPHAN_A_TEARDOWN_CGROUP,
	NSORPHAN_A_TEARDOWN_INIT,
	NSORPHAN_A_TEARDOWN_WAITED_NS,
	NSORPHAN_A_TEARDOWN_PROCESSES,
	NSORPHAN_A_TEARDOWN_HIERARCHY,
	NSORPHAN_A_TEARDOWN_CONTAINER,
	NSORPHAN_A_TEARDOWN_BEFORE_LOAD,

	__NSORPHAN_A_TEARDOWN_MAX,
	NSORPHAN_A_TEARDOWN_MAX = (__NSORPHAN_A_TEARDOWN_MAX - 1)
};

enum {
	NSORPHAN_A_REMAINING_PROCESS = 1,
	NSORPHAN_A_REMAINING_PARENT,
	NSORPHAN_A_REMAINING_TRACER,
	NSORPHAN_A_REMAINING_FLAGS,

	__NSORPHAN_A_REMAINING_MAX,
	NSORPHAN_A_REMAINING_MAX = (__NSORPHAN_A_REMAINING_MAX - 1)
};

enum {
	NSORPHAN_A_CGROUP_PAD = 1,
	NSORPHAN_A_CGROUP_ID,
	NSORPHAN_A_CGROUP_HIERARCHY,
	NSORPHAN_A_CGROUP_CONTAINER,
	NSORPHAN_A_CGROUP_PATH,

	__NSORPHAN_A_CGROUP_MAX,
	NSORPHAN_A_CGROUP_MAX = (__NSORPHAN_A_CGROUP_MAX - 1)
};

enum {
	NSORPHAN_A_CONTAINER_PAD = 1,
	NSORPHAN_A_CONTAINER_ID,
	NSORPHAN_A_CONTAINER_HIERARCHY,
	NSORPHAN_A_CONTAINER_PATH,
	NSORPHAN_A_CONTAINER_MAIN,
	NSORPHAN_A_CONTAINER_BEGIN_NS,
	NSORPHAN_A_CONTAINER_END_NS,
	NSORPHAN_A_CONTAINER_PIDNS,
	NSORPHAN_A_CONTAINER_TEARDOWN_BEGIN_NS,
	NSORPHAN_A_CONTAINER_TEARDOWN_END_NS,
	NSORPHAN_A_CONTAINER_KILLED,
	NSORPHAN_A_CONTAINER_ADOPTIONS,
	NSORPHAN_A_CONTAINER_SIGNAL,

	__NSORPHAN_A_CONTAINER_MAX,
	NSORPHAN_A_CONTAINER_MAX = (__NSORPHAN_A_CONTAINER_MAX - 1)
};

enum {
	NSORPHAN_A_CONTAINER_SIGNAL_PAD = 1,
	NSORPHAN_A_CONTAINER_SIGNAL_SIGNAL,
	NSORPHAN_A_CONTAINER_SIGNAL_SENDER,
	NSORPHAN_A_CONTAINER_SIGNAL_SENDER_PARENT,
	NSORPHAN_A_CONTAINER_SIGNAL_SENDER_CGROUP,
	NSORPHAN_A_CONTAINER_SIGNAL_CAUSE,
	NSORPHAN_A_CONTAINER_SIGNAL_OOM_CGROUP,
	NSORPHAN_A_CONTAINER_SIGNAL_OOM_LIMIT,
	NSORPHAN_A_CONTAINER_SIGNAL_RESULT,
	NSORPHAN_A_CONTAINER_SIGNAL_FIRST_NS,
	NSORPHAN_A_CONTAINER_SIGNAL_LAST_NS,
	NSORPHAN_A_CONTAINER_SIGNAL_COUNT,

	__NSORPHAN_A_CONTAINER_SIGNAL_MAX,
	NSORPHAN_A_CONTAINER_SIGNAL_MAX = (__NSORPHAN_A_CONTAINER_SIGNAL_MAX - 1)
};

enum {
	NSORPHAN_A_TASK_PAD = 1,
	NSORPHAN_A_TASK_PROCESS,
	NSORPHAN_A_TASK_CGROUP,
	NSORPHAN_A_TASK_HIERARCHY,
	NSORPHAN_A_TASK_CONTAINER,
	NSORPHAN_A_TASK_FLAGS,
	NSORPHAN_A_TASK_PID,
	NSORPHAN_A_TASK_PIDNS,

	__NSORPHAN_A_TASK_MAX,
	NSORPHAN_A_TASK_MAX = (__NSORPHAN_A_TASK_MAX - 1)
};

enum {
	NSORPHAN_A_FILESYSTEM_FD = 1,
	NSORPHAN_A_FILESYSTEM_DEV_MAJOR,
	NSORPHAN_A_FILESYSTEM_DEV_MINOR,
	NSORPHAN_A_FILESYSTEM_TYPE,
	NSORPHAN_A_FILESYSTEM_FROZEN,
	NSORPHAN_A_FILESYSTEM_WAITERS,
	NSORPHAN_A_FILESYSTEM_MORE,

	__NSORPHAN_A_FILESYSTEM_MAX,
	NSORPHAN_A_FILESYSTEM_MAX = (__NSORPHAN_A_FILESYSTEM_MAX - 1)
};

enum {
	NSORPHAN_A_WAITER_PID = 1,
	NSORPHAN_A_WAITER_TID,

	__NSORPHAN_A_WAITER_MAX,
	NSORPHAN_A_WAITER_MAX = (__NSORPHAN_A_WAITER_MAX - 1)
};

enum {
	NSORPHAN_CMD_STATUS_GET = 1,
	NSORPHAN_CMD_EVENT_GET,
	NSORPHAN_CMD_EVENT_NTF,
	NSORPHAN_CMD_STATUS_NTF,
	NSORPHAN_CMD_TEARDOWN_GET,
	NSORPHAN_CMD_CGROUP_GET,
	NSORPHAN_CMD_CONTAINER_GET,
	NSORPHAN_CMD_TASK_GET,
	NSORPHAN_CMD_FILESYSTEM_GET,

	__NSORPHAN_CMD_MAX,
	NSORPHAN_CMD_MAX = (__NSORPHAN_CMD_MAX - 1)
};

#define NSORPHAN_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_NSORPHAN_H */
