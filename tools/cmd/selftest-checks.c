// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>

#include "proc/procfs.h"
#include "cmd/selftest-checks.h"

/* The namespace of the actors need not be the initial one. */
static bool is_actor(const struct process *process, const struct actors *actors,
		     uint32_t number)
{
	return process->pidns == actors->pidns && process->ns_pid == number;
}

static bool is_theirs(const struct event *event, const struct actors *actors)
{
	switch (event->type) {
	case NSORPHAN_EVENT_TYPE_REPARENT:
		return is_actor(&event->process[ROLE_CHILD], actors,
				actors->orphan);
	case NSORPHAN_EVENT_TYPE_TEARDOWN_BEGIN:
	case NSORPHAN_EVENT_TYPE_TEARDOWN_KILL:
	case NSORPHAN_EVENT_TYPE_TEARDOWN_END:
		return event->pidns == actors->pidns;
	}
	return false;
}

void seen_event(struct seen *seen, const struct actors *actors,
		const struct event *event)
{
	if (event->type == EVENT_LOST)
		seen->lost += event->count;
	else if (is_theirs(event, actors) && !seen->count[event->type]++)
		seen->first[event->type] = *event;
}

void conclude(struct check *check, bool ok, const char *format, ...)
{
	va_list args;

	check->ok = ok;
	va_start(args, format);
	vsnprintf(check->detail, sizeof(check->detail), format, args);
	va_end(args);
}

/* The event of that type where there is exactly one; else the check failed. */
static const struct event *only(struct check *check, const struct seen *seen,
				enum nsorphan_event_type type)
{
	unsigned int count = seen->count[type];

	if (count == 1)
		return &seen->first[type];
	if (count)
		conclude(check, false, "%u such events, it happened once",
			 count);
	else if (seen->lost)
		conclude(check, false,
			 "no such event: %llu were lost, try it again",
			 (unsigned long long)seen->lost);
	else if (seen->missed)
		conclude(check, false,
			 "no such event: the kernel missed %llu probe %s",
			 (unsigned long long)seen->missed,
			 seen->missed == 1 ? "hit" : "hits");
	else
		conclude(check, false, "no such event");
	return NULL;
}

/* Why it was that one, by who it was. */
static enum nsorphan_reaper reaper_of(const struct actors *actors)
{
	if (actors->adopter != 1)
		return NSORPHAN_REAPER_SUBREAPER;
	return actors->pidns == PROCFS_PIDNS_INITIAL ? NSORPHAN_REAPER_INIT :
						     NSORPHAN_REAPER_NS_INIT;
}

void check_reparent(struct check *check, const struct seen *seen,
		    const struct actors *actors)
{
	const struct event *event = only(check, seen,
					 NSORPHAN_EVENT_TYPE_REPARENT);
	enum nsorphan_reaper reaper = reaper_of(actors);
	const struct process *old, *new;

	if (!event)
		return;
	old = &event->process[ROLE_OLD_PARENT];
	new = &event->process[ROLE_NEW_PARENT];

	if (!is_actor(old, actors, actors->parent))
		conclude(check, false, "old_parent is %u, it was %u",
			 old->ns_pid, actors->parent);
	else if (!is_actor(new, actors, actors->adopter))
		conclude(check, false, "new_parent is %u, it is %u",
			 new->ns_pid, actors->adopter);
	else if (event->reaper != reaper)
		conclude(check, false, "reaper is %s, %u is %s",
			 event_reaper_name(event->reaper), actors->adopter,
			 event_reaper_name(reaper));
	else if (event->crossed)
		conclude(check, false,
			 "crossed, but all were in one pid namespace");
	/* Whoever adopts, what was seen is right; what was tested is less. */
	else if (actors->kind == GUARDIAN_NONE && actors->adopter != 1)
		conclude(check, true,
			 "%u left by %u is a child of %u (subreaper %s, which stands before init)",
			 actors->orphan, actors->parent, actors->adopter,
			 new->comm);
	else
		conclude(check, true, "%u left by %u is a child of %u (%s)",
			 actors->orphan, actors->parent, actors->adopter,
			 event_reaper_name(reaper));
}

void check_begin(struct check *check, const struct seen *seen,
		 const struct actors *actors)
{
	const struct event *event = only(check, seen,
					 NSORPHAN_EVENT_TYPE_TEARDOWN_BEGIN);
	const struct process *init;

	if (!event)
		return;
	init = &event->process[ROLE_INIT];

	if (!is_actor(init, actors, actors->guardian))
		conclude(check, false, "init is %u, it was %u", init->ns_pid,
			 actors->guardian);
	else if (!process_has(init, NSORPHAN_A_PROCESS_EXIT_CODE) ||
		 init->exit_code != GUARDIAN_EXIT_CODE)
		conclude(check, false, "init's exit code is not the %d it was",
			 GUARDIAN_EXIT_CODE);
	else if (event->processes != 1)
		conclude(check, false, "%u processes left, it was 1",
			 event->processes);
	else
		conclude(check, true, "init %u exited with %d", init->pid,
			 GUARDIAN_EXIT_CODE);
}

void check_kill(struct check *check, const struct seen *seen,
		const struct actors *actors)
{
	const struct event *event = only(check, seen,
					 NSORPHAN_EVENT_TYPE_TEARDOWN_KILL);
	const struct process *process;

	if (!event)
		return;
	process = &event->process[ROLE_PROCESS];

	if (!is_actor(process, actors, actors->orphan))
		conclude(check, false, "process %u was killed, it was %u",
			 process->ns_pid, actors->orphan);
	else
		conclude(check, true, "its orphan %u was killed", process->pid);
}

void check_end(struct check *check, const struct seen *seen,
	       const struct actors *actors)
{
	const struct event *event = only(check, seen,
					 NSORPHAN_EVENT_TYPE_TEARDOWN_END);
	const struct process *init;

	if (!event)
		return;
	init = &event->process[ROLE_INIT];

	if (!is_actor(init, actors, actors->guardian))
		conclude(check, false, "init is %u, it was %u", init->ns_pid,
			 actors->guardian);
	else if (event->killed != 1)
		conclude(check, false, "%u killed, it was 1", event->killed);
	else
		conclude(check, true, "1 killed in %llu us",
			 (unsigned long long)event->duration_ns / 1000);
}
