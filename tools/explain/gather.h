/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The facts that verdict.h judges, gathered from /proc, from the recorded
 * history and from what the module says about a running teardown.
 */
#ifndef NSORPHAN_GATHER_H
#define NSORPHAN_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "genl/history.h"
#include "genl/teardown.h"
#include "proc/blocked.h"
#include "proc/container.h"
#include "proc/freezer.h"

struct snapshot;
struct target;

/* What could be read of one process. */
struct view {
	struct process	process;
	char		letter;		/* of its state in /proc */
	bool		has_signals;	/* pending to caught are known */
	uint64_t	pending;
	uint64_t	blocked;	/* by every thread */
	uint64_t	ignored;
	uint64_t	caught;
	struct last_signal sent;
	struct blocked	blocked_in;
	struct process	parent;		/* has is 0: unknown */
	struct process	tracer;		/* has is 0: none */
	bool		outside_parent;	/* not in the explained namespace */
	bool		outside_tracer;
	enum frozen	frozen;
	bool		dumping;
	uint32_t	thread_state;	/* of live_thread, enum nsorphan_task_state */
	uint32_t	live_thread;	/* of a leader that has ended; 0: none */
	struct remaining remaining;	/* of the module; process.has is 0: none */
};

enum condition {
	NS_ALIVE,
	NS_TEARDOWN,
	NS_GONE,
};

/*
 * About a pid namespace, or about a process of the initial one, which then
 * stands in the place of an init.
 */
struct facts {
	enum condition	condition;
	uint32_t	pidns;
	uint64_t	now_ns;		/* since boot */
	bool		has_init;
	bool		own_ns;		/* init is a pid namespace's init */
	struct view	init;
	struct view	*others;	/* alive: children of init that live; */
	size_t		count;		/* teardown: the remaining processes */
	const struct event *begin;	/* of the teardown; NULL: not recorded */
	const struct event *end;
	struct container container;	/* with names; id is empty: none */
};

/*
 * Gathers the facts about @target, which gather_free() frees. @snapshot has
 * been read after @history, which has to outlive the facts. @teardown is what
 * the module says about the teardown of the namespace, or NULL.
 *
 * Returns 0, -ENOMEM, -ESRCH where the process has ended, or -EAGAIN where
 * @history and @snapshot disagree and have to be read again.
 */
int gather_facts(const struct target *target, const struct snapshot *snapshot,
		 const struct history *history,
		 const struct teardown *teardown, struct facts *facts);
void gather_free(struct facts *facts);

/* Checks for a way of the process to take @signal without dying of it. */
bool view_handles(const struct view *view, uint32_t signal);

#endif
