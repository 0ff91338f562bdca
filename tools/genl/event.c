// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <string.h>

#include "genl/event.h"
#include "lib/util.h"
#include "nsorphan-names.h"
#include "proc/names-cache.h"

/* Returns names[i], or "unknown". */
static const char *name_of(const char *const names[], size_t count, uint32_t i)
{
	return i < count && names[i] ? names[i] : "unknown";
}

const char *event_type_name(unsigned int type)
{
	return name_of(nsorphan_event_names, ARRAY_SIZE(nsorphan_event_names),
		       type);
}

const char *event_state_name(uint32_t state)
{
	return name_of(nsorphan_state_names, ARRAY_SIZE(nsorphan_state_names),
		       state);
}

const char *event_reaper_name(uint32_t reaper)
{
	return name_of(nsorphan_reaper_names, ARRAY_SIZE(nsorphan_reaper_names),
		       reaper);
}

const char *event_result_name(uint32_t result)
{
	return name_of(nsorphan_result_names, ARRAY_SIZE(nsorphan_result_names),
		       result);
}

const char *event_hierarchy_name(uint32_t hierarchy)
{
	return name_of(nsorphan_hierarchy_names,
		       ARRAY_SIZE(nsorphan_hierarchy_names), hierarchy);
}

const char *event_cause_name(uint32_t cause)
{
	return name_of(nsorphan_cause_names, ARRAY_SIZE(nsorphan_cause_names),
		       cause);
}

const char *event_cause_words(uint32_t cause)
{
	static const char *const words[] = {
		[NSORPHAN_SIGNAL_CAUSE_OOM] = "out of memory",
		[NSORPHAN_SIGNAL_CAUSE_PDEATH] = "PR_SET_PDEATHSIG",
		[NSORPHAN_SIGNAL_CAUSE_ORPHANED_PGRP] = "orphaned process group",
		[NSORPHAN_SIGNAL_CAUSE_SECCOMP] = "seccomp",
		[NSORPHAN_SIGNAL_CAUSE_FAULT] = "fault",
		[NSORPHAN_SIGNAL_CAUSE_TTY] = "terminal",
		[NSORPHAN_SIGNAL_CAUSE_TIMER] = "timer",
		[NSORPHAN_SIGNAL_CAUSE_RLIMIT] = "resource limit",
		[NSORPHAN_SIGNAL_CAUSE_EXITKILL] = "PTRACE_O_EXITKILL",
		[NSORPHAN_SIGNAL_CAUSE_TEARDOWN] =
			"the end of the pid namespace that it shared",
	};

	return cause < ARRAY_SIZE(words) ? words[cause] : NULL;
}

const char *event_signals_name(uint32_t signals)
{
	return name_of(nsorphan_signals_names,
		       ARRAY_SIZE(nsorphan_signals_names), signals);
}

const char *event_flag_name(unsigned int bit)
{
	return bit < ARRAY_SIZE(nsorphan_remaining_flag_names) ? nsorphan_remaining_flag_names[bit]
						     : NULL;
}

int event_type_of(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(nsorphan_event_names); i++)
		if (!strcmp(nsorphan_event_names[i], name))
			return (int)i;
	return -1;
}

const struct process *event_subject(const struct event *event)
{
	static const enum role roles[] = {
		ROLE_CHILD, ROLE_PROCESS, ROLE_INIT, ROLE_TARGET
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(roles); i++)
		if (event->process[roles[i]].has)
			return &event->process[roles[i]];
	return NULL;
}

bool event_container_id(const struct event *event, struct container *container)
{
	/*
	 * In a v1 hierarchy without a container: the module is about to read the
	 * path of the cgroup.
	 */
	if (event_has(event, NSORPHAN_A_EVENT_HIERARCHY) && !event->container &&
	    event->hierarchy == NSORPHAN_HIERARCHY_V2)
		return false;
	return container_of_event(event->hierarchy, event->container,
				  event_subject(event), container);
}

const struct container *event_container(const struct event *event,
					struct container *container)
{
	const struct process *subject = event_subject(event);

	if (!event_container_id(event, container))
		return NULL;
	names_find(container, subject ? subject->pid : 0);
	return container;
}
