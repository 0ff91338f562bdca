/* SPDX-License-Identifier: GPL-2.0 */
/* The closed list of verdicts, as nsorphan(8) has it. */
#ifndef NSORPHAN_VERDICT_KIND_H
#define NSORPHAN_VERDICT_KIND_H

/*
 * Those of a teardown are also the causes why it waits for a single process.
 * They are sorted: the verdict on a teardown is its first cause, the one that
 * most surely does not end by itself.
 */
enum verdict_kind {
	VERDICT_HEALTHY,
	VERDICT_INIT_NOT_STARTED,
	VERDICT_INIT_STOPPED,
	VERDICT_INIT_THROTTLED,
	VERDICT_INIT_DISK_SLEEP,
	VERDICT_INIT_IGNORES_SIGNAL,
	VERDICT_INIT_BLOCKS_SIGNAL,
	VERDICT_INIT_WAITS_FOR_CHILD,
	VERDICT_INIT_WAITS,
	VERDICT_INIT_IN_HANDLER,
	VERDICT_INIT_HANDLES_SIGNAL,
	VERDICT_INIT_DOES_NOT_REAP,
	VERDICT_LEFT_BEHIND,
	VERDICT_INIT_EXITING,
	VERDICT_OUTSIDE_PARENT,
	VERDICT_TRACED,
	VERDICT_FROZEN,
	VERDICT_DUMPING,
	VERDICT_LIVE_THREAD,
	VERDICT_DISK_SLEEP,
	VERDICT_THROTTLED,
	VERDICT_RUNNING,
	VERDICT_INIT_NOT_REAPED,
	VERDICT_GONE,
	VERDICT_KINDS,
};

enum verdict_severity {
	SEVERITY_NONE,		/* alive and well */
	SEVERITY_OVER,		/* gone */
	SEVERITY_DYING,		/* ends without help */
	SEVERITY_STUCK,		/* ends when somebody acts */
};

/* The word in JSON: "init-ignores-signal". */
const char *verdict_name(enum verdict_kind kind);

/*
 * What a process in a teardown is held by, as a clause: "it dumps core". NULL
 * for a verdict that is no cause.
 */
const char *verdict_words(enum verdict_kind kind);

enum verdict_severity verdict_severity(enum verdict_kind kind);

#endif
