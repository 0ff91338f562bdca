// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "explain/cause.h"
#include "proc/task.h"
#include "explain/verdict.h"
#include "lib/signal-name.h"

static const char *const flag_names[FLAGS] = {
	[FLAG_HANDLES]		= "handles",
	[FLAG_IGNORES]		= "ignores",
	[FLAG_BLOCKS]		= "blocks",
	[FLAG_SENT_NONE]	= "sent-none",
};

const char *finding_flag_name(unsigned int flag)
{
	if (flag < FLAG_HANDLES)
		return event_flag_name(flag);
	return flag < FLAGS ? flag_names[flag] : NULL;
}

/*
 * The signal of those that end a process which waits behind a mask; 0: none. One
 * that has a handler and does not ask it to end is in that handler just now.
 */
static uint32_t blocked_signal(const struct view *view)
{
	uint64_t held = view->pending & view->blocked;
	uint32_t signal, found = 0;

	if (!view->has_signals)
		return 0;
	for (signal = 1; signal <= 64; signal++) {
		if (!task_mask_has(held, signal) || !signal_ends(signal) ||
		    (task_mask_has(view->caught, signal) &&
		     !signal_asks_to_end(signal)))
			continue;
		if (!found || (signal_asks_to_end(signal) &&
			       !signal_asks_to_end(found)))
			found = signal;
	}
	return found;
}

/* What a child did with the signal by which it should have ended. */
static unsigned int child_flags(const struct view *child)
{
	if (blocked_signal(child))
		return 1 << FLAG_BLOCKS;
	if (!child->sent.known)
		return child->sent.record == COVERAGE_ALL ? 1 << FLAG_SENT_NONE : 0;
	if (child->sent.result == NSORPHAN_SIGNAL_RESULT_IGNORED ||
	    (child->has_signals &&
	     task_mask_has(child->ignored, child->sent.signal)))
		return 1 << FLAG_IGNORES;
	return view_handles(child, child->sent.signal) ? 1 << FLAG_HANDLES : 0;
}

static unsigned int flag_where(bool it_is_so, enum nsorphan_left_flag flag)
{
	return it_is_so ? flag : 0;
}

/* What keeps one that is alive from taking a signal. */
static unsigned int held_flags(const struct view *view)
{
	return flag_where(view->frozen, NSORPHAN_LEFT_FLAG_FROZEN) |
	       flag_where(view->dumping, NSORPHAN_LEFT_FLAG_DUMPING);
}

static void find_one(struct verdict *verdict, const struct view *view,
		     enum verdict_kind cause, unsigned int flags)
{
	verdict->findings[verdict->count++] = (struct finding){
		.view = view, .cause = cause, .flags = flags,
	};
}

/* The child that init waits for, or all, where it waits for any. */
static void find_children(const struct facts *facts, struct verdict *verdict)
{
	uint32_t wanted = facts->init.blocked_in.child;
	const struct view *child;
	int all;
	size_t i;

	for (all = !wanted; all <= 1 && !verdict->count; all++) {
		for (i = 0; i < facts->count; i++) {
			child = &facts->others[i];
			if (all || child->process.ns_pid == wanted)
				find_one(verdict, child,
					 VERDICT_INIT_WAITS_FOR_CHILD,
					 child_flags(child) |
						 held_flags(child));
		}
	}
}

/* A signal that asks to end and has to wait until a vfork child goes its way. */
static uint32_t kept_by_vfork(const struct facts *facts)
{
	const struct view *init = &facts->init;
	uint32_t signal;

	if (!init->blocked_in.for_vfork || !init->has_signals || !facts->count)
		return 0;
	for (signal = 1; signal <= 64; signal++)
		if (signal_asks_to_end(signal) &&
		    task_mask_has(init->pending & ~init->blocked, signal))
			return signal;
	return 0;
}

static enum verdict_kind judge_signal(const struct facts *facts,
				      struct verdict *verdict)
{
	const struct view *init = &facts->init;
	const struct last_signal *sent = &init->sent;

	verdict->signal = kept_by_vfork(facts);
	if (verdict->signal)
		return VERDICT_INIT_WAITS_FOR_CHILD;
	verdict->signal = blocked_signal(init);
	if (verdict->signal)
		return VERDICT_INIT_BLOCKS_SIGNAL;
	if (!sent->known)
		return VERDICT_HEALTHY;
	verdict->signal = sent->signal;
	if (sent->result == NSORPHAN_SIGNAL_RESULT_IGNORED)
		return VERDICT_INIT_IGNORES_SIGNAL;
	if (sent->result != NSORPHAN_SIGNAL_RESULT_LOST &&
	    signal_asks_to_end(sent->signal) &&
	    view_handles(init, sent->signal) && facts->count &&
	    (init->blocked_in.for_child || init->letter == 'S'))
		return VERDICT_INIT_WAITS_FOR_CHILD;
	return VERDICT_HEALTHY;
}

static void judge_alive(const struct facts *facts, struct verdict *verdict)
{
	char letter = facts->init.letter;

	if (letter == 'T' || letter == 't' || facts->init.frozen)
		verdict->kind = VERDICT_INIT_STOPPED;
	else if (letter == 'D' && !facts->init.blocked_in.for_vfork)
		verdict->kind = VERDICT_INIT_DISK_SLEEP;
	else
		verdict->kind = judge_signal(facts, verdict);
	if (verdict->kind == VERDICT_INIT_WAITS_FOR_CHILD)
		find_children(facts, verdict);
	else if (verdict->kind != VERDICT_HEALTHY)
		find_one(verdict, &facts->init, verdict->kind,
			 held_flags(&facts->init));
}

/* What the module would say of it: of a teardown that it has not seen begin. */
static struct remaining remaining_from_proc(const struct view *view)
{
	struct remaining remaining = {
		.process = view->process,
		.parent = view->parent,
		.tracer = view->tracer,
	};

	remaining.process.thread_state = view->thread_state;
	remaining.flags =
		flag_where(view->outside_parent,
			   NSORPHAN_LEFT_FLAG_OUTSIDE_PARENT) |
		flag_where(view->outside_tracer,
			   NSORPHAN_LEFT_FLAG_OUTSIDE_TRACER) |
		flag_where(view->frozen == FROZEN_V1,
			   NSORPHAN_LEFT_FLAG_FROZEN) |
		flag_where(view->dumping, NSORPHAN_LEFT_FLAG_DUMPING) |
		flag_where(view->live_thread, NSORPHAN_LEFT_FLAG_LIVE_THREAD);
	return remaining;
}

static void judge_teardown(const struct facts *facts, struct verdict *verdict)
{
	const struct view *view = facts->others;
	enum verdict_kind cause;
	struct remaining remaining;
	size_t i;

	verdict->kind = VERDICT_RUNNING;
	for (i = 0; i < facts->count; i++, view++) {
		remaining = view->remaining.process.has ? view->remaining :
						remaining_from_proc(view);
		cause = cause_of(&remaining);
		find_one(verdict, view, cause, remaining.flags);
		/* Of several: the one that most surely does not end by itself. */
		if (cause < verdict->kind)
			verdict->kind = cause;
	}
}

int verdict_find(const struct facts *facts, struct verdict *verdict)
{
	*verdict = (struct verdict){ .kind = VERDICT_GONE };
	verdict->findings = calloc(facts->count + 1,
				   sizeof(*verdict->findings));
	if (!verdict->findings)
		return -ENOMEM;
	if (facts->condition == NS_ALIVE)
		judge_alive(facts, verdict);
	else if (facts->condition == NS_TEARDOWN)
		judge_teardown(facts, verdict);
	return 0;
}
