/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_EVENT_H
#define NSORPHAN_EVENT_H

#include <linux/sched.h>
#include <linux/types.h>

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
 * struct event - one event, as uapi/nsorphan.yaml describes it
 * @seq: number of the event
 * @boot_ns: CLOCK_BOOTTIME
 * @cgroup: cgroup v2 id of the process concerned
 * @pidns: inode number of the pid namespace concerned
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
			struct process child;
			struct process old_parent;
			struct process new_parent;
			u32 old_parent_tid;
			int old_parent_status;	/* as wait(2) gives it */
			u8 child_state;		/* enum nsorphan_task_state */
			u8 reaper;		/* enum nsorphan_reaper */
			u8 pdeath_signal;	/* 0: none was sent */
			bool crossed;
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
	};
};

/*
 * All of these may be called with tasklist_lock held and interrupts off. They
 * take no lock. The task must stay valid meanwhile: by tasklist_lock, by RCU,
 * or because it is current.
 */

/* Takes the identity of task's process: that of its group leader. */
void event_process(struct process *process, struct task_struct *task);

/* What task is doing, in the words of fs/proc/array.c. */
enum nsorphan_task_state event_task_state(struct task_struct *task);

/* id of task's cgroup in the v2 hierarchy, dying and zombie tasks too. */
u64 event_cgroup(struct task_struct *task);

/*
 * The status that wait(2) will give for task's process, which is dying:
 * wait_task_zombie() in kernel/exit.c.
 */
int event_exit_status(struct task_struct *task);

#endif
