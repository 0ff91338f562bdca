// SPDX-License-Identifier: GPL-2.0
#include <unistd.h>

#include "explain/view.h"
#include "proc/procfs.h"
#include "proc/snapshot.h"
#include "proc/task.h"

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

/* The state of its leader, or of a thread where that has ended before it. */
static void view_threads(const struct task *task,
			 const struct blocked_threads *threads,
			 struct view *view)
{
	const struct blocked *thread = blocked_main(threads, task);

	if (!thread)
		return;
	view->blocked_in = *thread;
	if (task->letter != 'Z' || task->threads <= 1 ||
	    thread->tid == task->process.pid)
		return;
	view->live_thread = thread->tid;
	view->letter = thread->letter;
	view->thread_state = task_state(thread->letter);
}

/* What the module says of the thread that tells most. */
static void view_flags(const struct wait_context *context,
		       const struct task *task, struct view *view)
{
	uint32_t flags = waits_flags(context, task->process.pid,
				     view->blocked_in.tid);

	view->killable = flags & NSORPHAN_TASK_FLAG_KILLABLE;
	view->killed = !task_is_zombie(task) && waits_killed(context, task);
}

static void view_freezer(int dir, struct view *view)
{
	struct freezer freezer;

	if (!blocked_may_be_frozen(&view->blocked_in))
		return;
	freezer_find(dir, &freezer);
	view->frozen = freezer.frozen;
	freezer_free(&freezer);
}

int view_fill(const struct wait_context *context, const struct task *task,
	      uint32_t pidns, struct view *view)
{
	const struct snapshot *snapshot = context->snapshot;
	const struct orphan *orphan = history_orphan(context->history,
						     &task->process);
	/* Negative for a process that is gone: nothing is read of it. */
	int dir = procfs_open(task->process.pid, task->start_ticks);
	struct blocked_threads threads;
	int error;

	*view = (struct view){
		.process = task->process,
		.letter = task->letter,
		.has_signals = task->has_signals,
		.pending = task->pending,
		.ignored = task->ignored,
		.caught = task->caught,
		.dumping = task->dumping,
		.exiting = task->exiting,
	};
	/* Events have the start in nanoseconds, /proc in clock ticks. */
	if (orphan) {
		view->process.start_ns = orphan->child.start_ns;
		view->lost = orphan->lost;
	}
	view_parent(task, snapshot, pidns, view);
	view_tracer(task, snapshot, pidns, view);
	view->blocked = blocked_signal_mask(dir, task);
	error = blocked_read(dir, task, waits_compat(context, task), &threads);
	if (!error)
		view_threads(task, &threads, view);
	view_flags(context, task, view);
	view_freezer(dir, view);
	blocked_free(&threads);
	if (dir >= 0)
		close(dir);
	return error;
}

void view_clear(struct view *view)
{
	chains_free(&view->chains);
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

static unsigned int flag_if(bool condition, enum nsorphan_remaining_flag flag)
{
	return condition ? flag : 0;
}

unsigned int view_held_flags(const struct view *view)
{
	return flag_if(view->frozen, NSORPHAN_REMAINING_FLAG_FROZEN) |
	       flag_if(view->dumping, NSORPHAN_REMAINING_FLAG_DUMPING);
}

struct remaining view_as_remaining(const struct view *view)
{
	struct remaining remaining = {
		.process = view->process,
		.parent = view->parent,
		.tracer = view->tracer,
	};

	if (view->live_thread) {
		remaining.process.tid = view->live_thread;
		remaining.process.thread_state = view->thread_state;
		remaining.process.has |= 1U << NSORPHAN_A_PROCESS_TID |
					 1U << NSORPHAN_A_PROCESS_THREAD_STATE;
	}
	remaining.flags =
		flag_if(view->outside_parent,
			NSORPHAN_REMAINING_FLAG_OUTSIDE_PARENT) |
		flag_if(view->outside_tracer,
			NSORPHAN_REMAINING_FLAG_OUTSIDE_TRACER) |
		flag_if(view->frozen == FROZEN_V1, NSORPHAN_REMAINING_FLAG_FROZEN) |
		flag_if(view->dumping, NSORPHAN_REMAINING_FLAG_DUMPING) |
		flag_if(view->live_thread, NSORPHAN_REMAINING_FLAG_LIVE_THREAD);
	return remaining;
}
