/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/*
 * The names that nsorphan.yaml gives to the values in nsorphan.h; the generator
 * of the kernel does not write them. Each file that includes this has its own
 * copy of the tables that it uses.
 */
#ifndef NSORPHAN_NAMES_H
#define NSORPHAN_NAMES_H

#include "nsorphan.h"

#define NSORPHAN_NAMES(name) \
	static const char *const name[] __attribute__((__unused__))

NSORPHAN_NAMES(nsorphan_event_names) = {
	/* Made by a reader, for events that it lost. */
	[0]					= "lost",
	[NSORPHAN_EVENT_TYPE_REPARENT]		= "reparent",
	[NSORPHAN_EVENT_TYPE_TEARDOWN_BEGIN]	= "teardown-begin",
	[NSORPHAN_EVENT_TYPE_TEARDOWN_KILL]	= "teardown-kill",
	[NSORPHAN_EVENT_TYPE_TEARDOWN_END]	= "teardown-end",
	[NSORPHAN_EVENT_TYPE_TEARDOWN_STALL]	= "teardown-stall",
	[NSORPHAN_EVENT_TYPE_SIGNAL]		= "signal",
};

NSORPHAN_NAMES(nsorphan_state_names) = {
	[NSORPHAN_TASK_STATE_RUNNING]		= "running",
	[NSORPHAN_TASK_STATE_SLEEPING]		= "sleeping",
	[NSORPHAN_TASK_STATE_DISK_SLEEP]	= "disk-sleep",
	[NSORPHAN_TASK_STATE_STOPPED]		= "stopped",
	[NSORPHAN_TASK_STATE_TRACED]		= "traced",
	[NSORPHAN_TASK_STATE_DEAD]		= "dead",
	[NSORPHAN_TASK_STATE_ZOMBIE]		= "zombie",
	[NSORPHAN_TASK_STATE_PARKED]		= "parked",
	[NSORPHAN_TASK_STATE_IDLE]		= "idle",
};

NSORPHAN_NAMES(nsorphan_reaper_names) = {
	[NSORPHAN_REAPER_INIT]			= "init",
	[NSORPHAN_REAPER_NS_INIT]		= "ns-init",
	[NSORPHAN_REAPER_SUBREAPER]		= "subreaper",
};

NSORPHAN_NAMES(nsorphan_result_names) = {
	[NSORPHAN_SIGNAL_RESULT_DELIVERED]	= "delivered",
	[NSORPHAN_SIGNAL_RESULT_IGNORED]	= "ignored",
	[NSORPHAN_SIGNAL_RESULT_PENDING]	= "pending",
	[NSORPHAN_SIGNAL_RESULT_LOST]		= "lost",
};

NSORPHAN_NAMES(nsorphan_signals_names) = {
	[NSORPHAN_SIGNALS_OFF]			= "off",
	[NSORPHAN_SIGNALS_NAMESPACED]		= "namespaced",
	[NSORPHAN_SIGNALS_ALL]			= "all",
	[NSORPHAN_SIGNALS_CONTAINED]		= "contained",
};

NSORPHAN_NAMES(nsorphan_hierarchy_names) = {
	[NSORPHAN_HIERARCHY_V2]			= "v2",
	[NSORPHAN_HIERARCHY_PIDS]		= "pids",
	[NSORPHAN_HIERARCHY_MEMORY]		= "memory",
};

NSORPHAN_NAMES(nsorphan_cause_names) = {
	[NSORPHAN_SIGNAL_CAUSE_OOM]		= "oom",
	[NSORPHAN_SIGNAL_CAUSE_PDEATH]		= "pdeath",
	[NSORPHAN_SIGNAL_CAUSE_ORPHANED_PGRP]	= "orphaned-pgrp",
	[NSORPHAN_SIGNAL_CAUSE_SECCOMP]		= "seccomp",
	[NSORPHAN_SIGNAL_CAUSE_FAULT]		= "fault",
	[NSORPHAN_SIGNAL_CAUSE_TTY]		= "tty",
	[NSORPHAN_SIGNAL_CAUSE_TIMER]		= "timer",
	[NSORPHAN_SIGNAL_CAUSE_RLIMIT]		= "rlimit",
	[NSORPHAN_SIGNAL_CAUSE_EXITKILL]	= "exitkill",
	[NSORPHAN_SIGNAL_CAUSE_OTHER]		= "other",
	[NSORPHAN_SIGNAL_CAUSE_TEARDOWN]	= "teardown",
};

/* Indexed by the number of the bit. */
NSORPHAN_NAMES(nsorphan_remaining_flag_names) = {
	"outside-parent", "outside-tracer", "frozen", "dumping", "exiting",
	"live-thread",
};

NSORPHAN_NAMES(nsorphan_task_flag_names) = {
	"compat", "killable", "killed", "exiting", "io-worker", "in-execve",
	"frozen", "dumping", "vfork-child",
};

#endif
