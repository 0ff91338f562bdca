// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>

#include "cmd/selftest-checks.h"
#include "proc/procfs.h"

/* By the pid in the actors' namespace, which need not be the initial one. */
static bool is_actor(const struct process *process, const struct actors *actors,
		     uint32_t pid)
{
	return process->pidns == actors->pidns && process->ns_pid == pid;
}

static bool is_of_actors(const struct event *event, const struct actors *actors)
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

void observed_add(struct observed *observed, const struct actors *actors,
		  const struct event *event)
{
	if (event->type == EVENT_LOST)
		observed->lost += event->count;
	else if (is_of_actors(event, actors) && !observed->count[event->type]++)
		observed->first[event->type] = *event;
}

void check_set(struct check *check, bool ok, const char *format, ...)
{
	va_list args;

	check->ok = ok;
	va_start(args, format);
	vsnprintf(check->detail, sizeof(check->detail), format, args);
	va_end(args);
}

/* Returns the one event of @type; else NULL, and the check failed. */
static const struct event *only_event(struct check *check,
				      const struct observed *observed,
				      enum nsorphan_event_type type)
{
	unsigned int count = observed->count[type];

	if (count == 1)
		return &observed->first[type];
	if (count)
		check_set(check, false, "%u such events, expected 1", count);
	else if (observed->lost)
		check_set(check, false,
			  "no such event: %llu events were lost, run selftest again",
			  (unsigned long long)observed->lost);
	else if (observed->missed)
		check_set(check, false,
			  "no such event: the kernel missed %llu probe %s",
			  (unsigned long long)observed->missed,
			  observed->missed == 1 ? "hit" : "hits");
	else
		check_set(check, false, "no such event");
	return NULL;
}

/* Returns whether @process is the actor @pid; else the check failed. */
static bool expect_process(struct check *check, const char *role,
			   const struct process *process,
			   const struct actors *actors, uint32_t pid)
{
	if (is_actor(process, actors, pid))
		return true;
	check_set(check, false, "%s is %u, expected %u", role, process->ns_pid,
		  pid);
	return false;
}

/* By the rule of find_new_reaper() in the kernel. */
static enum nsorphan_reaper expected_reaper(const struct actors *actors)
{
	if (actors->adopter != 1)
		return NSORPHAN_REAPER_SUBREAPER;
	return actors->pidns == PROCFS_PIDNS_INITIAL ? NSORPHAN_REAPER_INIT :
						     NSORPHAN_REAPER_NS_INIT;
}

void check_reparent(struct check *check, const struct observed *observed,
		    const struct actors *actors)
{
	const struct event *event = only_event(check, observed,
					       NSORPHAN_EVENT_TYPE_REPARENT);
	enum nsorphan_reaper reaper = expected_reaper(actors);
	const struct process *old, *new;

	if (!event)
		return;
	old = &event->process[ROLE_OLD_PARENT];
	new = &event->process[ROLE_NEW_PARENT];

	if (!expect_process(check, "old_parent", old, actors, actors->parent) ||
	    !expect_process(check, "new_parent", new, actors, actors->adopter))
		return;
	if (event->reaper != reaper)
		check_set(check, false, "reaper of %u is %s, expected %s",
			  actors->adopter, event_reaper_name(event->reaper),
			  event_reaper_name(reaper));
	else if (event->crossed)
		check_set(check, false,
			  "crossed, but all were in one pid namespace");
	/* The event is right, but adoption by init was not tested. */
	else if (actors->kind == GUARDIAN_NONE && actors->adopter != 1)
		check_set(check, true,
			  "%u orphaned by %u, adopted by %u (subreaper %s, an ancestor below init)",
			  actors->orphan, actors->parent, actors->adopter,
			  new->comm);
	else
		check_set(check, true, "%u orphaned by %u, adopted by %u (%s)",
			  actors->orphan, actors->parent, actors->adopter,
			  event_reaper_name(reaper));
}

void check_begin(struct check *check, const struct observed *observed,
		 const struct actors *actors)
{
	const struct event *event = only_event(check, observed,
				NSORPHAN_EVENT_TYPE_TEARDOWN_BEGIN);
	const struct process *init;

	if (!event)
		return;
	init = &event->process[ROLE_INIT];

	if (!expect_process(check, "init", init, actors, actors->guardian))
		return;
	if (!process_has(init, NSORPHAN_A_PROCESS_EXIT_CODE) ||
	    init->exit_code != GUARDIAN_EXIT_CODE)
		check_set(check, false, "exit code of init is not %d",
			  GUARDIAN_EXIT_CODE);
	else if (event->processes != 1)
		check_set(check, false, "%u processes left, expected 1",
			  event->processes);
	else
		check_set(check, true, "init %u exited with %d", init->pid,
			  GUARDIAN_EXIT_CODE);
}

void check_kill(struct check *check, const struct observed *observed,
		const struct actors *actors)
{
	const struct event *event = only_event(check, observed,
				NSORPHAN_EVENT_TYPE_TEARDOWN_KILL);
	const struct process *process;

	if (!event)
		return;
	process = &event->process[ROLE_PROCESS];

	if (expect_process(check, "process", process, actors, actors->orphan))
		check_set(check, true, "orphan %u was killed", process->pid);
}

void check_end(struct check *check, const struct observed *observed,
	       const struct actors *actors)
{
	const struct event *event = only_event(check, observed,
				NSORPHAN_EVENT_TYPE_TEARDOWN_END);

	if (!event || !expect_process(check, "init", &event->process[ROLE_INIT],
				      actors, actors->guardian))
		return;
	if (event->killed != 1)
		check_set(check, false, "%u killed, expected 1", event->killed);
	else
		check_set(check, true, "1 killed in %llu us",
			  (unsigned long long)event->duration_ns / 1000);
}
