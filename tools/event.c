// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <string.h>

#include "event.h"
#include "util.h"

static const char *const types[] = {
	[NSORPHAN_EVENT_TYPE_REPARENT]		= "reparent",
	[NSORPHAN_EVENT_TYPE_TEARDOWN_BEGIN]	= "teardown-begin",
	[NSORPHAN_EVENT_TYPE_TEARDOWN_KILL]	= "teardown-kill",
	[NSORPHAN_EVENT_TYPE_TEARDOWN_END]	= "teardown-end",
	[EVENT_LOST]				= "lost",
};

static const char *const states[] = {
	[NSORPHAN_TASK_STATE_RUNNING]		= "running",
	[NSORPHAN_TASK_STATE_SLEEPING]		= "sleeping",
	[NSORPHAN_TASK_STATE_DISK_SLEEP]	= "disk-sleep",
	[NSORPHAN_TASK_STATE_STOPPED]		= "stopped",
	[NSORPHAN_TASK_STATE_TRACED]		= "traced",
	[NSORPHAN_TASK_STATE_DEAD]		= "dead",
	[NSORPHAN_TASK_STATE_ZOMBIE]		= "zombie",
	[NSORPHAN_TASK_STATE_PARKED]		= "parked",
	[NSORPHAN_TASK_STATE_IDLE]		= "idle",
};

static const char *const reapers[] = {
	[NSORPHAN_REAPER_INIT]			= "init",
	[NSORPHAN_REAPER_NS_INIT]		= "ns-init",
	[NSORPHAN_REAPER_SUBREAPER]		= "subreaper",
};

static const char *word(const char *const words[], size_t count, uint32_t i)
{
	return i < count && words[i] ? words[i] : "unknown";
}

const char *event_type_name(unsigned int type)
{
	return word(types, ARRAY_SIZE(types), type);
}

const char *event_state_name(uint32_t state)
{
	return word(states, ARRAY_SIZE(states), state);
}

const char *event_reaper_name(uint32_t reaper)
{
	return word(reapers, ARRAY_SIZE(reapers), reaper);
}

int event_type_of(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++)
		if (!strcmp(types[i], name))
			return (int)i;
	return -1;
}

const struct process *event_subject(const struct event *event)
{
	static const enum role roles[] = {
		ROLE_CHILD, ROLE_PROCESS, ROLE_INIT
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(roles); i++)
		if (event->process[roles[i]].has)
			return &event->process[roles[i]];
	return NULL;
}
