/* SPDX-License-Identifier: GPL-2.0 */
/* What is known of one process: from /proc, the record, and the module. */
#ifndef NSORPHAN_VIEW_H
#define NSORPHAN_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "explain/wait-graph.h"
#include "genl/history.h"
#include "genl/teardown.h"
#include "proc/blocked.h"
#include "proc/freezer.h"

struct task;

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
	struct blocked	blocked_in;	/* the thread that tells most */
	struct process	parent;		/* has is 0: unknown */
	struct process	lost;		/* of a recorded orphan; has is 0: none */
	struct process	tracer;		/* has is 0: none */
	bool		outside_parent;	/* not in the explained namespace */
	bool		outside_tracer;
	enum frozen	frozen;
	bool		dumping;
	uint32_t	thread_state;	/* of live_thread, enum nsorphan_task_state */
	uint32_t	live_thread;	/* of a leader that has ended; 0: none */
	struct remaining remaining;	/* of the module; process.has is 0: none */
	bool		killed;		/* SIGKILL was delivered, but it lives */
	bool		killable;	/* in disk sleep, which SIGKILL ends */
	bool		exiting;	/* in its exit */
	struct chains	chains;		/* for whom it waits */
};

/*
 * Fills in @view of @task, but for the signal that it was sent and for whom it
 * waits. @pidns is the explained namespace. view_clear() frees what it holds.
 * Returns 0 or -ENOMEM.
 */
int view_fill(const struct wait_context *context, const struct task *task,
	      uint32_t pidns, struct view *view);
void view_clear(struct view *view);

/* What keeps a live process from taking a signal: enum nsorphan_remaining_flag. */
unsigned int view_held_flags(const struct view *view);

/*
 * What the module would say of a process that a teardown waits for. It says nothing
 * of a teardown that began before it was loaded.
 */
struct remaining view_as_remaining(const struct view *view);

/* Whether the process can take @signal without dying of it. */
bool view_handles(const struct view *view, uint32_t signal);

#endif
