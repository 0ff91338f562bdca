/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSO_EVENT_H
#define NSO_EVENT_H

#include <linux/types.h>

#include "cgroup-table.h"
#include "nsorphan.h"
#include "process.h"

/* The state was not seen in time: no output has that member then. */
#define NSO_STATE_UNKNOWN	0xff

/**
 * struct nso_adoption - what the events of one dying parent's orphans share
 * @old_parent: the dying parent
 * @new_parent: the process that adopts the orphans
 * @old_parent_tid: last thread of the dying parent
 * @old_parent_status: exit status, as wait(2) reports it
 * @reaper: enum nsorphan_reaper
 */
struct nso_adoption {
	struct nso_process old_parent;
	struct nso_process new_parent;
	u32 old_parent_tid;
	u16 old_parent_status;
	u8 reaper;
};

/**
 * struct nso_remaining - a process that a teardown waits for
 * @process: the process itself
 * @parent: its parent
 * @tracer: the process that traces it, if @has_tracer
 * @flags: bits of enum nsorphan_remaining_flag
 * @tid: the live thread, with NSORPHAN_REMAINING_FLAG_LIVE_THREAD
 * @state: enum nsorphan_task_state of the process
 * @thread_state: enum nsorphan_task_state of the thread @tid
 * @has_tracer: the process, or its thread @tid, is traced
 */
struct nso_remaining {
	struct nso_process process;
	struct nso_process parent;
	struct nso_process tracer;
	u32 flags;
	u32 tid;
	u8 state;
	u8 thread_state;
	bool has_tracer;
};

/*
 * The kinds of events; each has a ring in the recorder, so that signals cannot
 * push anything else out. Lifecycle events are all events but signals.
 */
enum nso_event_kind {
	NSO_EVENT_LIFECYCLE,
	NSO_EVENT_SIGNALS,
	NSO_EVENT_KINDS,
};

/**
 * struct nso_event - one event, as uapi/nsorphan.yaml describes it
 * @seq: sequence number
 * @boot_ns: time of the event, CLOCK_BOOTTIME in ns
 * @cgroup: cgroup of the process concerned
 * @pidns: inode number of the pid namespace concerned: the dying one of a
 *	teardown event, the target's of a signal event; unused in a reparent
 *	event, see nso_event_pidns()
 * @type: which member of the union is valid
 */
struct nso_event {
	u64 seq;
	u64 boot_ns;
	struct nso_cgroup cgroup;
	u32 pidns;
	enum nsorphan_event_type type;
	union {
		struct {
			struct nso_adoption adoption;
			struct nso_process child;
			u8 child_state;		/* enum nsorphan_task_state */
			u8 pdeath_signal;	/* 0: none was sent */
		} reparent;
		struct {
			struct nso_process init;
			struct nso_process init_parent;
			u16 init_status;	/* as wait(2) reports it */
			u32 level;
			u32 processes;
		} teardown_begin;
		struct {
			struct nso_process process;
			struct nso_process parent;
			u8 process_state;	/* or NSO_STATE_UNKNOWN */
		} teardown_kill;
		struct {
			struct nso_process init;
			u64 duration_ns;
			u32 killed;
			bool before_load;	/* then killed is not known */
		} teardown_end;
		struct {
			struct nso_remaining remaining;
			u64 waited_ns;
			bool before_load;
		} teardown_stall;
		struct {
			/* Or of the thread that ended: nso_event_has_thread() */
			struct nso_process sender;
			struct nso_process target;
			u64 oom_cgroup;		/* 0: none is known */
			u64 oom_limit;		/* U64_MAX: none */
			u32 tid;		/* of the thread that ended */
			u8 signal;
			u8 result; /* enum nsorphan_signal_result */
			u8 cause; /* enum nsorphan_signal_cause, 0: the sender */
		} signal;
	};
};

/*
 * Returns the time from begin_ns to now_ns, both by ktime_get_boot_fast_ns().
 * That clock is the one that a probe may read in any context, and it may step
 * back by some microseconds while the kernel adjusts it: then the time is 0.
 */
static inline u64 nso_elapsed_ns(u64 begin_ns, u64 now_ns)
{
	return now_ns > begin_ns ? now_ns - begin_ns : 0;
}

/* Tells whether a signal event has a thread that ended in place of a sender. */
static inline bool nso_event_has_thread(const struct nso_event *event)
{
	return event->signal.cause == NSORPHAN_SIGNAL_CAUSE_PDEATH ||
	       event->signal.cause == NSORPHAN_SIGNAL_CAUSE_EXITKILL;
}

/* Returns the pid namespace concerned. */
static inline u32 nso_event_pidns(const struct nso_event *event)
{
	return event->type == NSORPHAN_EVENT_TYPE_REPARENT ?
		       event->reparent.child.pidns : event->pidns;
}

/* Tells whether the child and its new parent live in different namespaces. */
static inline bool nso_event_crossed(const struct nso_event *event)
{
	return event->reparent.child.pidns !=
	       event->reparent.adoption.new_parent.pidns;
}

#endif
