// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "explain/gather.h"
#include "explain/last-signal.h"
#include "explain/target.h"
#include "lib/clock.h"
#include "proc/names-cache.h"
#include "proc/procfs.h"
#include "proc/snapshot.h"
#include "proc/task.h"

/*
 * The signal that init forwards may be recorded before the one that init was
 * sent. So a child's signal counts from this long before init's.
 */
#define FORWARDED_EARLIER_NS	NS_PER_SEC

static void view_parent(const struct task *task,
			const struct snapshot *snapshot, uint32_t pidns,
			struct view *view)
{
	const struct task *parent;

	parent = task->ppid ? snapshot_find(snapshot, task->ppid) : NULL;
	if (!parent)
		return;
	view->parent = parent->process;
	view->outside_parent =
		!snapshot_ns_below(snapshot, parent->process.pidns, pidns);
}

static void view_tracer(const struct task *task,
			const struct snapshot *snapshot, uint32_t pidns,
			struct view *view)
{
	const struct task *tracer;

	tracer = task->tracer ? snapshot_find(snapshot, task->tracer) : NULL;
	if (!tracer)
		return;
	view->tracer = tracer->process;
	view->outside_tracer =
		!snapshot_ns_below(snapshot, tracer->process.pidns, pidns);
}

/* Reads what is not in @task from /proc. @pidns is the explained namespace. */
static void view_task(const struct task *task, const struct snapshot *snapshot,
		      const struct history *history, uint32_t pidns,
		      struct view *view)
{
	const struct orphan *orphan = history_orphan(history, &task->process);
	/* Negative for a process that is gone: nothing is read of it. */
	int dir = procfs_open(task->process.pid, task->start_ticks);

	*view = (struct view){
		.process = task->process,
		.letter = task->letter,
		.has_signals = task->has_signals,
		.pending = task->pending,
		.ignored = task->ignored,
		.caught = task->caught,
		.dumping = task->dumping,
	};
	/* Events have the start in nanoseconds, /proc in clock ticks. */
	if (orphan)
		view->process.start_ns = orphan->child.start_ns;
	view_parent(task, snapshot, pidns, view);
	view_tracer(task, snapshot, pidns, view);
	view->blocked = blocked_signal_mask(dir, task);
	view->frozen = freezer_of(dir);
	blocked_read(dir, task, &view->blocked_in);
	if (task->letter == 'Z' && task->threads > 1) {
		/* The leader has ended, but the process has not. */
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

static bool is_living_child(const struct task *task, const struct facts *facts)
{
	return task->ppid == facts->init.process.pid && !task->kernel &&
	       task->letter != 'X' &&
	       !(task->letter == 'Z' && task->threads <= 1);
}

/*
 * Adds the children that init may wait for. Where nobody has asked init to end,
 * only their number is of use.
 */
static void gather_children(const struct snapshot *snapshot,
			    const struct history *history, struct facts *facts)
{
	bool asked = facts->init.sent.known || facts->init.pending;
	uint64_t sent_ns = facts->init.sent.boot_ns;
	uint64_t since_ns = sent_ns > FORWARDED_EARLIER_NS ?
				    sent_ns - FORWARDED_EARLIER_NS : 0;
	const struct task *task;
	struct view *view;
	size_t i;

	for (i = 0; i < snapshot->count; i++) {
		task = &snapshot->list[i];
		if (!is_living_child(task, facts))
			continue;
		view = add_view(facts);
		if (!asked)
			continue;
		view_task(task, snapshot, history, facts->pidns, view);
		last_signal_find(history, &task->process, since_ns,
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

/* Adds what the module says about the same process, if it does. */
static void view_remaining(const struct teardown *teardown, struct view *view)
{
	const struct remaining *remaining;
	size_t i;

	for (i = 0; teardown && i < teardown->count; i++) {
		remaining = &teardown->remaining[i];
		if (process_same(&remaining->process, &view->process))
			view->remaining = *remaining;
	}
}

/* Adds the processes in the namespace and below it, except its init. */
static void gather_remaining(const struct snapshot *snapshot,
			     const struct history *history,
			     const struct teardown *teardown,
			     struct facts *facts)
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
		view_task(task, snapshot, history, facts->pidns, view);
		view_remaining(teardown, view);
	}
}

static bool is_of_init(const struct event *event, const struct task *init)
{
	return event->type &&
	       (!init || process_same(&event->process[ROLE_INIT],
				      &init->process));
}

/*
 * Finds the recorded teardown of the namespace. Inode numbers of namespaces are
 * reused: with a live @init (else NULL) the teardown has to be of that init.
 */
static void find_teardown(const struct history *history,
			  const struct task *init, struct facts *facts)
{
	const struct past_teardown *teardown;

	teardown = history_teardown(history, facts->pidns);
	if (!teardown)
		return;
	if (is_of_init(&teardown->begin, init))
		facts->begin = &teardown->begin;
	if (is_of_init(&teardown->end, init))
		facts->end = &teardown->end;
}

static void find_container(const struct task *init,
			   const struct history *history, struct facts *facts)
{
	const struct past_teardown *teardown;

	if (init && names_of_task(init, &facts->container))
		return;
	teardown = history_teardown(history, facts->pidns);
	if (teardown && (facts->begin || facts->end))
		names_of_id(teardown->container, teardown->container_user,
			    &facts->container);
}

static bool is_dying(const struct task *init)
{
	return init->exiting && init->threads <= 1;
}

/* Returns 0 or -EAGAIN. @init is NULL where it is not in the snapshot. */
static int find_condition(const struct target *target, const struct task *init,
			  struct facts *facts)
{
	if (target->kind == TARGET_PROCESS) {
		facts->condition = init->letter == 'Z' && is_dying(init) ?
					   NS_GONE : NS_ALIVE;
		return 0;
	}
	if (facts->end || (!init && !facts->begin)) {
		facts->condition = NS_GONE;
		return 0;
	}
	/* The teardown ended between history and snapshot. */
	if (!init)
		return -EAGAIN;
	facts->condition = facts->begin || is_dying(init) ? NS_TEARDOWN :
							    NS_ALIVE;
	return 0;
}

static void gather_init(const struct task *init,
			const struct snapshot *snapshot,
			const struct history *history, struct facts *facts)
{
	struct view *view = &facts->init;

	facts->has_init = true;
	facts->own_ns = init->process.ns_pid == 1;
	view_task(init, snapshot, history, facts->pidns, view);
	last_signal_find(history, &init->process, 0, &view->sent);
	view->sent.record = last_signal_coverage_of(history, &init->process);
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
	if (init)
		gather_init(init, snapshot, history, facts);
	if (facts->condition == NS_ALIVE)
		gather_children(snapshot, history, facts);
	else if (target->kind == TARGET_PIDNS)
		gather_remaining(snapshot, history, teardown, facts);
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
	/* Blocked, but not pending: taken by signalfd() or sigtimedwait(). */
	return task_mask_has(view->caught, signal) ||
	       (task_mask_has(view->blocked, signal) &&
		!task_mask_has(view->pending, signal));
}
