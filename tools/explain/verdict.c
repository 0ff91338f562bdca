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

static void add_finding(struct verdict *verdict, const struct view *view,
			enum verdict_kind cause, unsigned int flags,
			const struct chain *chain)
{
	verdict->findings[verdict->count++] = (struct finding){
		.view = view, .cause = cause, .flags = flags, .chain = chain,
	};
}

/* Adds for whom init waits: processes, or where that is a thing, init itself. */
static void add_waits(const struct facts *facts, struct verdict *verdict)
{
	const struct chain *chain = facts->init.chains.list;
	const struct view *view = facts->others;
	size_t i;

	for (i = 0; i < facts->init.chains.count; i++, view++, chain++) {
		if (!view->process.has)
			add_finding(verdict, &facts->init, verdict->kind,
				    view_held_flags(&facts->init), chain);
		else if (chain->links[0].kind == WAIT_CHILD)
			add_finding(verdict, view, verdict->kind,
				    child_flags(view) | view_held_flags(view), chain);
		else
			add_finding(verdict, view, verdict->kind,
				    view_held_flags(view), chain);
	}
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

	if (!init->blocked_in.for_vfork || !init->has_signals ||
	    !facts->nr_children)
		return 0;
	for (signal = 1; signal <= 64; signal++)
		if (signal_asks_to_end(signal) &&
		    task_mask_has(pending, signal))
			return signal;
	return 0;
}

bool verdict_in_handler(const struct facts *facts)
{
	const struct view *init = &facts->init;
	uint32_t signal = init->sent.signal;

	/* Its handler blocks it; sigtimedwait() needs no handler. */
	return init->has_signals && task_mask_has(init->caught, signal) &&
	       task_mask_has(init->blocked, signal) &&
	       !task_mask_has(init->pending, signal);
}

/*
 * Whether init has taken the signal that asked it to end: by a handler, by
 * sigtimedwait() or from a signalfd, whatever it does with that signal now. It was
 * not dropped, is not pending, and has not ended init.
 */
static bool has_taken(const struct facts *facts)
{
	const struct view *init = &facts->init;
	const struct last_signal *sent = &init->sent;

	return sent->asks && init->has_signals && !init->killed &&
	       (sent->result == NSORPHAN_SIGNAL_RESULT_DELIVERED ||
		sent->result == NSORPHAN_SIGNAL_RESULT_PENDING) &&
	       !task_mask_has(init->pending, sent->signal);
}

/* Returns how init waits first of all; WAIT_KINDS: not at all. */
static enum wait_kind first_wait(const struct facts *facts)
{
	const struct chains *chains = &facts->init.chains;

	return chains->count ? chains->list[0].links[0].kind : WAIT_KINDS;
}

/* Judges init, which has taken the signal that asked it to end. */
static enum verdict_kind judge_taken(const struct facts *facts)
{
	enum wait_kind wait = first_wait(facts);

	if (wait != WAIT_KINDS)
		return wait == WAIT_CHILD ? VERDICT_INIT_WAITS_FOR_CHILD :
					    VERDICT_INIT_WAITS;
	return verdict_in_handler(facts) ? VERDICT_INIT_IN_HANDLER :
					   VERDICT_INIT_HANDLES_SIGNAL;
}

static enum verdict_kind judge_signal(const struct facts *facts,
				      struct verdict *verdict)
{
	const struct view *init = &facts->init;
	const struct last_signal *sent = &init->sent;

	verdict->signal = signal_held_by_vfork(facts);
	if (verdict->signal)
		return VERDICT_INIT_WAITS_FOR_CHILD;
	verdict->signal = blocked_signal(init);
	if (verdict->signal)
		return VERDICT_INIT_BLOCKS_SIGNAL;
	if (!sent->known)
		return VERDICT_HEALTHY;
	verdict->signal = sent->signal;
	if (sent->asks && sent->result == NSORPHAN_SIGNAL_RESULT_IGNORED)
		return VERDICT_INIT_IGNORES_SIGNAL;
	return has_taken(facts) ? judge_taken(facts) : VERDICT_HEALTHY;
}

/* What keeps init from everything, whatever it is asked; or VERDICT_HEALTHY. */
static enum verdict_kind judge_held(const struct facts *facts)
{
	const struct view *init = &facts->init;

	if (init->exiting || init->dumping)
		return VERDICT_INIT_EXITING;
	switch (first_wait(facts)) {
	case WAIT_START:
		return VERDICT_INIT_NOT_STARTED;
	case WAIT_THREAD:
		/* It waits for its workers before it is marked as exiting. */
		return VERDICT_INIT_EXITING;
	case WAIT_TRACER:
	case WAIT_FREEZER:
		return VERDICT_INIT_STOPPED;
	case WAIT_THROTTLE:
		return VERDICT_INIT_THROTTLED;
	default:
		break;
	}
	if (init->letter == 'T' || init->letter == 't' || init->frozen)
		return VERDICT_INIT_STOPPED;
	if (init->letter == 'D' && !init->blocked_in.for_vfork)
		return VERDICT_INIT_DISK_SLEEP;
	/* It is about to end, but has not begun to. */
	return init->killed ? VERDICT_INIT_EXITING : VERDICT_HEALTHY;
}

/* Number of children that are not reaped from which on that is no chance. */
#define ZOMBIES_MIN	2

/* Whether a verdict on init is one on its wait, and not on a signal. */
static bool is_about_wait(enum verdict_kind kind)
{
	return kind != VERDICT_INIT_IGNORES_SIGNAL &&
	       kind != VERDICT_INIT_BLOCKS_SIGNAL &&
	       kind != VERDICT_INIT_DOES_NOT_REAP;
}

static void judge_alive(const struct facts *facts, struct verdict *verdict)
{
	const struct view *init = &facts->init;

	verdict->kind = judge_held(facts);
	if (verdict->kind == VERDICT_HEALTHY)
		verdict->kind = judge_signal(facts, verdict);
	if (verdict->kind == VERDICT_HEALTHY &&
	    facts->zombies.count >= ZOMBIES_MIN)
		verdict->kind = VERDICT_INIT_DOES_NOT_REAP;
	if (verdict->kind == VERDICT_INIT_WAITS_FOR_CHILD ||
	    verdict->kind == VERDICT_INIT_WAITS)
		add_waits(facts, verdict);
	else if (verdict->kind != VERDICT_HEALTHY)
		add_finding(verdict, init, verdict->kind, view_held_flags(init),
			    is_about_wait(verdict->kind) ? init->chains.list :
							   NULL);
}

/* Whether its tracers are all waiting for one another. */
static bool is_traced_in_circle(const struct view *view)
{
	const struct chain *chain = view->chains.list;

	return view->chains.count && chain->circle &&
	       chain->links[0].kind == WAIT_TRACER;
}

/* Returns the cause why @view remains, and sets *@flags. */
static enum verdict_kind judge_remaining(const struct view *view,
					 unsigned int *flags)
{
	struct remaining remaining = view->remaining.process.has ?
					     view->remaining :
					     view_as_remaining(view);
	enum verdict_kind cause = cause_of(&remaining);

	*flags = remaining.flags;
	if (is_traced_in_circle(view))
		return VERDICT_TRACED;
	if (cause == VERDICT_RUNNING && view->chains.count &&
	    view->chains.list[0].links[0].kind == WAIT_THROTTLE)
		return VERDICT_THROTTLED;
	return cause;
}

static void judge_teardown(const struct facts *facts, struct verdict *verdict)
{
	const struct view *view = facts->others;
	enum verdict_kind cause;
	unsigned int flags;
	size_t i;

	verdict->kind = VERDICT_RUNNING;
	for (i = 0; i < facts->count; i++, view++) {
		cause = judge_remaining(view, &flags);
		add_finding(verdict, view, cause, flags, view->chains.list);
		if (cause < verdict->kind)
			verdict->kind = cause;
	}
}

static void judge_left_behind(const struct facts *facts,
			      struct verdict *verdict)
{
	const struct view *view = facts->others;
	size_t i;

	verdict->kind = VERDICT_LEFT_BEHIND;
	for (i = 0; i < facts->count; i++, view++)
		add_finding(verdict, view, VERDICT_LEFT_BEHIND,
			    view_held_flags(view), NULL);
}

/* One that is dead is there only as long as its parent has not reaped it. */
static void judge_gone(const struct facts *facts, struct verdict *verdict)
{
	if (!facts->has_init)
		return;
	verdict->kind = VERDICT_INIT_NOT_REAPED;
	add_finding(verdict, &facts->init, verdict->kind, 0,
		    facts->init.chains.list);
}

int verdict_find(const struct facts *facts, struct verdict *verdict)
{
	/* One for each view, and for each wait. */
	size_t findings = facts->count + facts->init.chains.count + 1;

	*verdict = (struct verdict){ .kind = VERDICT_GONE };
	verdict->findings = calloc(findings, sizeof(*verdict->findings));
	if (!verdict->findings)
		return -ENOMEM;
	if (facts->condition == NS_ALIVE)
		judge_alive(facts, verdict);
	else if (facts->condition == NS_TEARDOWN)
		judge_teardown(facts, verdict);
	else if (facts->condition == NS_LEFT_BEHIND)
		judge_left_behind(facts, verdict);
	else
		judge_gone(facts, verdict);
	return 0;
}
