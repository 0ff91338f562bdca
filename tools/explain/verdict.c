// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "explain/cause.h"
#include "explain/verdict.h"
#include "lib/signal-name.h"
#include "proc/task.h"

const char *finding_flag_name(unsigned int flag)
{
	static const char *const names[FINDING_FLAGS] = {
		[FINDING_HANDLES]	= "handles",
		[FINDING_IGNORES]	= "ignores",
		[FINDING_BLOCKS]	= "blocks",
		[FINDING_SENT_NONE]	= "sent-none",
	};

	if (flag < FINDING_HANDLES)
		return event_flag_name(flag);
	return flag < FINDING_FLAGS ? names[flag] : NULL;
}

/*
 * Returns a pending signal that every thread blocks and that would end the
 * process, or 0; preferably one that asks it to end. A handled signal that does
 * not ask the process to end is most likely blocked by its own handler, which
 * is running.
 */
static uint32_t blocked_signal(const struct view *view)
{
	uint64_t blocked = view->pending & view->blocked;
	uint32_t signal, found = 0;

	if (!view->has_signals)
		return 0;
	for (signal = 1; signal <= 64; signal++) {
		if (!task_mask_has(blocked, signal) || !signal_ends(signal) ||
		    (task_mask_has(view->caught, signal) &&
		     !signal_asks_to_end(signal)))
			continue;
		if (!found || (signal_asks_to_end(signal) &&
			       !signal_asks_to_end(found)))
			found = signal;
	}
	return found;
}

/* What a child does with the signal that should have ended it. */
static unsigned int child_flags(const struct view *child)
{
	const struct last_signal *sent = &child->sent;

	if (blocked_signal(child))
		return 1U << FINDING_BLOCKS;
	if (!sent->known)
		return sent->record == COVERAGE_ALL ? 1U << FINDING_SENT_NONE :
						      0;
	if (sent->result == NSORPHAN_SIGNAL_RESULT_IGNORED ||
	    (child->has_signals && task_mask_has(child->ignored, sent->signal)))
		return 1U << FINDING_IGNORES;
	return view_handles(child, sent->signal) ? 1U << FINDING_HANDLES : 0;
}

static unsigned int flag_if(bool condition, enum nsorphan_remaining_flag flag)
{
	return condition ? flag : 0;
}

/* What keeps a live process from taking a signal. */
static unsigned int held_flags(const struct view *view)
{
	return flag_if(view->frozen, NSORPHAN_REMAINING_FLAG_FROZEN) |
	       flag_if(view->dumping, NSORPHAN_REMAINING_FLAG_DUMPING);
}

static void add_finding(struct verdict *verdict, const struct view *view,
			enum verdict_kind cause, unsigned int flags)
{
	verdict->findings[verdict->count++] = (struct finding){
		.view = view, .cause = cause, .flags = flags,
	};
}

static void add_child(struct verdict *verdict, const struct view *child)
{
	add_finding(verdict, child, VERDICT_INIT_WAITS_FOR_CHILD,
		    child_flags(child) | held_flags(child));
}

/*
 * Adds the child that init waits for; all children where init waits for any of
 * them, or where that child is not among them.
 */
static void add_children(const struct facts *facts, struct verdict *verdict)
{
	uint32_t wanted = facts->init.blocked_in.child;
	size_t i;

	for (i = 0; wanted && i < facts->count; i++)
		if (facts->others[i].process.ns_pid == wanted)
			add_child(verdict, &facts->others[i]);
	if (verdict->count)
		return;
	for (i = 0; i < facts->count; i++)
		add_child(verdict, &facts->others[i]);
}

/*
 * Returns a pending signal that asks init to end and is not blocked, but has to
 * wait until the child of vfork() calls execve() or ends; or 0.
 */
static uint32_t signal_held_by_vfork(const struct facts *facts)
{
	const struct view *init = &facts->init;
	uint64_t pending = init->pending & ~init->blocked;
	uint32_t signal;

	if (!init->blocked_in.for_vfork || !init->has_signals || !facts->count)
		return 0;
	for (signal = 1; signal <= 64; signal++)
		if (signal_asks_to_end(signal) &&
		    task_mask_has(pending, signal))
			return signal;
	return 0;
}

/* Whether init has taken the signal and now sleeps, while children live. */
static bool waits_for_children(const struct facts *facts)
{
	const struct view *init = &facts->init;
	const struct last_signal *sent = &init->sent;

	return sent->result != NSORPHAN_SIGNAL_RESULT_LOST &&
	       signal_asks_to_end(sent->signal) &&
	       view_handles(init, sent->signal) && facts->count &&
	       (init->blocked_in.for_child || init->letter == 'S');
}

static enum verdict_kind judge_signal(const struct facts *facts,
				      struct verdict *verdict)
{
	const struct last_signal *sent = &facts->init.sent;

	verdict->signal = signal_held_by_vfork(facts);
	if (verdict->signal)
		return VERDICT_INIT_WAITS_FOR_CHILD;
	verdict->signal = blocked_signal(&facts->init);
	if (verdict->signal)
		return VERDICT_INIT_BLOCKS_SIGNAL;
	if (!sent->known)
		return VERDICT_HEALTHY;
	verdict->signal = sent->signal;
	if (sent->result == NSORPHAN_SIGNAL_RESULT_IGNORED)
		return VERDICT_INIT_IGNORES_SIGNAL;
	return waits_for_children(facts) ? VERDICT_INIT_WAITS_FOR_CHILD :
					   VERDICT_HEALTHY;
}

static void judge_alive(const struct facts *facts, struct verdict *verdict)
{
	const struct view *init = &facts->init;
	char letter = init->letter;

	if (letter == 'T' || letter == 't' || init->frozen)
		verdict->kind = VERDICT_INIT_STOPPED;
	else if (letter == 'D' && !init->blocked_in.for_vfork)
		verdict->kind = VERDICT_INIT_DISK_SLEEP;
	else
		verdict->kind = judge_signal(facts, verdict);
	if (verdict->kind == VERDICT_INIT_WAITS_FOR_CHILD)
		add_children(facts, verdict);
	else if (verdict->kind != VERDICT_HEALTHY)
		add_finding(verdict, init, verdict->kind, held_flags(init));
}

/*
 * What the module would say about the process. It says nothing about a teardown
 * that began before it was loaded.
 */
static struct remaining remaining_from_proc(const struct view *view)
{
	struct remaining remaining = {
		.process = view->process,
		.parent = view->parent,
		.tracer = view->tracer,
	};

	remaining.process.thread_state = view->thread_state;
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

static void judge_teardown(const struct facts *facts, struct verdict *verdict)
{
	const struct view *view = facts->others;
	struct remaining remaining;
	enum verdict_kind cause;
	size_t i;

	verdict->kind = VERDICT_RUNNING;
	for (i = 0; i < facts->count; i++, view++) {
		remaining = view->remaining.process.has ?
				    view->remaining : remaining_from_proc(view);
		cause = cause_of(&remaining);
		add_finding(verdict, view, cause, remaining.flags);
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
