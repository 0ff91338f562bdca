/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_EVENT_H
#define NSORPHAN_EVENT_H

#include <linux/cgroup.h>
#include <linux/cred.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/types.h>

#include "compat.h"
#include "nsorphan.h"

/* No state was seen: the member is left out wherever the event is told. */
#define EVENT_STATE_UNKNOWN	0xff

/**
 * struct process - identity of a process, as it was at the event
 * @start_ns: start since boot (field 22 of /proc/PID/stat), in ns
 * @pid: tgid in the initial pid namespace; 0 if the process was gone
 * @ns_pid: tgid in its own pid namespace
 * @pidns: inode number of that namespace
 * @uid: real user id in the initial user namespace
 * @comm: its name, NUL terminated, any bytes
 */
struct process {
	u64 start_ns;
	u32 pid;
	u32 ns_pid;
	u32 pidns;
	u32 uid;
	char comm[TASK_COMM_LEN];
};

/**
 * struct orphaning - what a dying parent's children share in their events
 */
struct orphaning {
	struct process old_parent;
	struct process new_parent;
	u32 old_parent_tid;
	u16 old_parent_status;	/* as wait(2) gives it */
	u8 reaper;		/* enum nsorphan_reaper */
};

/**
 * struct left - a process that a teardown waits for
 * @tracer: who traces it, or its thread; see @has_tracer
 * @flags: bits of enum nsorphan_remaining_flag
 * @tid: with NSORPHAN_REMAINING_FLAG_LIVE_THREAD, that thread
 * @state: of the process, enum nsorphan_task_state
 * @thread_state: of the thread @tid
 */
struct left {
	struct process process;
	struct process parent;
	struct process tracer;
	u32 flags;
	u32 tid;
	u8 state;
	u8 thread_state;
	bool has_tracer;
};

/**
 * struct event - one event, as uapi/nsorphan.yaml describes it
 * @seq: number of the event
 * @boot_ns: CLOCK_BOOTTIME
 * @cgroup: cgroup v2 id of the process concerned
 * @pidns: of a teardown, inode number of the dying pid namespace; of a signal,
 *	that of the target
 * @type: which member of the union holds
 */
struct event {
	u64 seq;
	u64 boot_ns;
	u64 cgroup;
	u32 pidns;
	enum nsorphan_event_type type;
	union {
		struct {
			struct orphaning orphaning;
			struct process child;
			u8 child_state;		/* enum nsorphan_task_state */
			u8 pdeath_signal;	/* 0: none was sent */
		} reparent;
		struct {
			struct process init;
			struct process init_parent;
			int init_status;	/* as wait(2) gives it */
			u32 level;
			u32 processes;
		} teardown_begin;
		struct {
			struct process process;
			struct process parent;
			u8 process_state;	/* or EVENT_STATE_UNKNOWN */
		} teardown_kill;
		struct {
			struct process init;
			u64 duration_ns;
			u32 killed;
		} teardown_end;
		struct {
			struct left left;
			u64 waited_ns;
		} teardown_stall;
		struct {
			struct process sender;
			struct process target;
			u8 signal;
			u8 result;		/* enum nsorphan_signal_result */
			bool has_sender;	/* the kernel sent it, if not */
		} signal;
	};
};

/*
 * All of these may be called with tasklist_lock held and interrupts off. They
 * take no lock. Preemption is off, which makes the caller a reader of RCU. The
 * task must stay valid meanwhile: by tasklist_lock, by RCU, or because it is
 * current.
 */

/* Takes the identity of task's process: that of its group leader. */
void event_process(struct process *process, struct task_struct *task);

/*
 * The same in parts, of a process with this leader, and with this pid as long as
 * it has one. Once an orphan, as the two below are: so inlined.
 */
static __always_inline void event_pids(struct process *process,
				       const struct pid *pid)
{
	const struct upid *own = &pid->numbers[pid->level];

	process->pid = pid->numbers[0].nr;
	process->ns_pid = own->nr;
	process->pidns = own->ns->ns.inum;
}

static __always_inline void event_names(struct process *process,
					struct task_struct *leader)
{
	process->uid =
		__kuid_val(rcu_dereference_sched(leader->real_cred)->uid);
	process->start_ns = leader->start_boottime;
	/*
	 * Without task_lock(), which does not nest inside tasklist_lock: a
	 * rename at this moment may show half of each name. That still ends:
	 * __set_task_comm() never puts anything but NUL into the last byte.
	 */
	memcpy(process->comm, leader->comm, TASK_COMM_LEN);
}

/* event_process(), for where it is many times a second. */
static __always_inline void event_process_inline(struct process *process,
						 struct task_struct *task)
{
	/* NULL once release_task() has unhashed the process. */
	struct pid *pid = READ_ONCE(task->signal->pids[PIDTYPE_TGID]);

	if (likely(pid)) {
		event_pids(process, pid);
	} else {
		process->pid = 0;
		process->ns_pid = 0;
		process->pidns = 0;
	}
	event_names(process, READ_ONCE(task->group_leader));
}

/* What task is doing, in the words of fs/proc/array.c. */
static __always_inline enum nsorphan_task_state
event_task_state(struct task_struct *task)
{
	/* nsorphan_task_state is in the order of task_state_array[] there. */
	BUILD_BUG_ON(TASK_REPORT_MAX != 1 << NSORPHAN_TASK_STATE_IDLE);
	/* Short work for those that are many. */
	if (likely(compat_task_state(task) == TASK_INTERRUPTIBLE &&
		   !task->exit_state))
		return NSORPHAN_TASK_STATE_SLEEPING;
	return task_state_index(task);
}

/* id of task's cgroup in the v2 hierarchy, dying and zombie tasks too. */
static __always_inline u64 event_cgroup(struct task_struct *task)
{
	return cgroup_id(rcu_dereference_sched(task->cgroups)->dfl_cgrp);
}

/*
 * The status that wait(2) will give for task's process, which is dying:
 * wait_task_zombie() in kernel/exit.c.
 */
static inline int event_exit_status(struct task_struct *task)
{
	struct signal_struct *signal = task->signal;

	if (signal->flags & SIGNAL_GROUP_EXIT)
		return signal->group_exit_code;
	return task->group_leader->exit_code;
}

/* The pid namespace that is concerned. */
static inline u32 event_pidns(const struct event *event)
{
	return event->type == NSORPHAN_EVENT_TYPE_REPARENT ?
		       event->reparent.child.pidns : event->pidns;
}

/* Of a reparent: child and adopter live in different pid namespaces. */
static inline bool event_crossed(const struct event *event)
{
	return event->reparent.child.pidns !=
	       event->reparent.orphaning.new_parent.pidns;
}

#endif
