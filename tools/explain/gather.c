// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lib/clock.h"
#include "explain/gather.h"
#include "explain/last-signal.h"
#include "proc/freezer.h"
#include "genl/history.h"
#include "explain/target.h"
#include "proc/procfs.h"
#include "proc/task.h"
#include "proc/snapshot.h"

/* How a signal to init came to a child may be seen in another order. */
#define FORWARD_NS	NS_PER_SEC

/* The exact start of one that is recorded, in place of clock ticks. */
static void look_at_process(const struct task *task,
			    const struct history *history, struct view *view)
{
	const struct orphan *orphan = history_orphan(history, &task->process);

	view->process = task->process;
	if (orphan)
		view->process.start_ns = orphan->child.start_ns;
}

static void look_at_others(const struct task *task, const struct snapshot *snapshot,
			   uint32_t pidns, struct view *view)
{
	const struct task *other;

	other = task->ppid ? snapshot_find(snapshot, task->ppid) : NULL;
	if (other) {
		view->parent = other->process;
		view->outside_parent =
			!snapshot_ns_below(snapshot, other->process.pidns, pidns);
	}
	other = task->tracer ? snapshot_find(snapshot, task->tracer) : NULL;
	if (other) {
		view->tracer = other->process;
		view->outside_tracer =
			!snapshot_ns_below(snapshot, other->process.pidns, pidns);
	}
}

static void look_at(const struct task *task, const struct snapshot *snapshot,
		    const struct history *history, uint32_t pidns,
		    struct view *view)
{
	/* Negative for one that is gone: nothing of it can be read. */
	int dir = procfs_open(task->process.pid, task->start_ticks);

	*view = (struct view){
		.letter = task->letter,
		.has_signals = task->has_signals,
		.pending = task->pending,
		.ignored = task->ignored,
		.caught = task->caught,
		.dumping = task->dumping,
	};
	look_at_process(task, history, view);
	look_at_others(task, snapshot, pidns, view);
	view->blocked = blocked_signal_mask(dir, task);
	view->frozen = freezer_of(dir);
	blocked_read(dir, task, &view->blocked_in);
	if (task->letter == 'Z' && task->threads > 1) {
		/* Its leader has ended, but the process has not. */
		view->live_thread = blocked_live_thread(dir, &view->letter);
		view->thread_state = task_state(view->letter);
	}
	if (dir >= 0)
		close(dir);
}

static struct view *add_view(struct facts *facts)
{
	return &facts->others[facts->count++];
}

/*
 * Those that init may wait for. Where nobody has asked it to end, how many there
 * are is enough.
 */
static void find_children(const struct snapshot *snapshot,
			  const struct history *history, struct facts *facts)
{
	bool asked = facts->init.sent.known || facts->init.pending;
	uint64_t sent_ns = facts->init.sent.boot_ns;
	const struct task *task;
	struct view *view;
	size_t i;

	for (i = 0; i < snapshot->count; i++) {
		task = &snapshot->list[i];
		if (task->ppid != facts->init.process.pid || task->kernel ||
		    task->letter == 'X' ||
		    (task->letter == 'Z' && task->threads <= 1))
			continue;
		view = add_view(facts);
		if (!asked)
			continue;
		look_at(task, snapshot, history, facts->pidns, view);
		last_signal_find(history, &task->process,
			  sent_ns > FORWARD_NS ? sent_ns - FORWARD_NS : 0,
			  &view->sent);
		view->sent.record = last_signal_coverage(history, facts->pidns,
						facts->init.sent.seq);
	}
}

static bool is_inside(const struct snapshot *snapshot, const struct task *task,
		      uint32_t pidns)
{
	return task->process.pidns &&
	       snapshot_ns_below(snapshot, task->process.pidns, pidns);
}

/* What the module says of the one in @view, which is no other by now. */
static void find_in_kernel(const struct teardown *teardown, struct view *view)
{
	size_t i;

	for (i = 0; teardown && i < teardown->count; i++)
		if (process_same(&teardown->remaining[i].process, &view->process))
			view->remaining = teardown->remaining[i];
}

/* Those in the namespace and below it, but for its init. */
static void find_remaining(const struct snapshot *snapshot, const struct history *history,
		      const struct teardown *teardown, struct facts *facts)
{
	struct view *view;
	const struct task *task;
	size_t i;

	for (i = 0; i < snapshot->count; i++) {
		task = &snapshot->list[i];
		if (!is_inside(snapshot, task, facts->pidns) ||
		    (facts->has_init &&
		     task->process.pid == facts->init.process.pid))
			continue;
		view = add_view(facts);
		look_at(task, snapshot, history, facts->pidns, view);
		find_in_kernel(teardown, view);
	}
}

/*
 * The teardown that @init is in, or was. Numbers of namespaces are used again:
 * one of an earlier namespace is none.
 */
static void find_teardown(const struct history *history,
			  const struct task *init, struct facts *facts)
{
	const struct past_teardown *teardown;

	teardown = history_teardown(history, facts->pidns);
	if (!teardown)
		return;
	if (teardown->begin.type &&
	    (!init || process_same(&teardown->begin.process[ROLE_INIT],
				   &init->process)))
		facts->begin = &teardown->begin;
	if (teardown->end.type &&
	    (!init || process_same(&teardown->end.process[ROLE_INIT],
				   &init->process)))
		facts->end = &teardown->end;
}

static void find_container(const struct task *init,
			   const struct history *history, struct facts *facts)
{
	const struct past_teardown *teardown;
	const char *container = init ? init->container : NULL;

	teardown = history_teardown(history, facts->pidns);
	if (!container && teardown && (facts->begin || facts->end))
		container = teardown->container;
	if (container)
		snprintf(facts->container, sizeof(facts->container), "%s",
			 container);
}

static bool dying(const struct task *init)
{
	return init->exiting && init->threads <= 1;
}

static int find_condition(const struct target *target, const struct task *init,
			  struct facts *facts)
{
	if (target->kind == TARGET_PROCESS) {
		facts->condition = init->letter == 'Z' && dying(init) ? NS_GONE
								      : NS_ALIVE;
		return 0;
	}
	if (facts->end || (!init && !facts->begin)) {
		facts->condition = NS_GONE;
		return 0;
	}
	/* It ended after the record was read. */
	if (!init)
		return -EAGAIN;
	facts->condition = facts->begin || dying(init) ? NS_TEARDOWN : NS_ALIVE;
	return 0;
}

int gather_facts(const struct target *target, const struct snapshot *snapshot,
		 const struct history *history,
		 const struct teardown *teardown, struct facts *facts)
{
	const struct task *init;
	int error;

	*facts = (struct facts){
		.pidns = target->pidns,
		.now_ns = clock_boot_ns(),
	};
	init = target->kind == TARGET_PROCESS ?
		       snapshot_find(snapshot, target->pid) :
		       snapshot_init_of(snapshot, target->pidns);
	if (target->kind == TARGET_PROCESS &&
	    (!init || init->start_ticks != target->start_ticks))
		return -ESRCH;
	if (target->kind == TARGET_PIDNS)
		find_teardown(history, init, facts);
	error = find_condition(target, init, facts);
	if (error)
		return error;
	facts->others = calloc(snapshot->count + 1, sizeof(*facts->others));
	if (!facts->others)
		return -ENOMEM;
	find_container(init, history, facts);
	if (init) {
		facts->has_init = true;
		facts->own_ns = init->process.ns_pid == 1;
		look_at(init, snapshot, history, facts->pidns, &facts->init);
		last_signal_find(history, &init->process, 0, &facts->init.sent);
		facts->init.sent.record = last_signal_coverage_of(history,
							 &init->process);
	}
	if (facts->condition == NS_ALIVE)
		find_children(snapshot, history, facts);
	else if (target->kind == TARGET_PIDNS)
		find_remaining(snapshot, history, teardown, facts);
	return 0;
}

void gather_free(struct facts *facts)
{
	free(facts->others);
	facts->others = NULL;
	facts->count = 0;
}

bool view_handles(const struct view *view, uint32_t signal)
{
	if (!view->has_signals)
		return false;
	/* Blocked, and yet not pending: taken by signalfd or sigtimedwait. */
	return task_mask_has(view->caught, signal) ||
	       (task_mask_has(view->blocked, signal) &&
		!task_mask_has(view->pending, signal));
}
