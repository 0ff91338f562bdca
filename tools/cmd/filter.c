// SPDX-License-Identifier: GPL-2.0
#include <fnmatch.h>
#include <stddef.h>
#include <string.h>

#include "cmd/filter.h"
#include "proc/container.h"

static bool has_pid(const struct event *event, uint32_t pid)
{
	int role;

	for (role = 0; role < ROLES; role++)
		if (event->process[role].has && event->process[role].pid == pid)
			return true;
	return false;
}

static bool has_comm(const struct event *event, const char *glob)
{
	int role;

	for (role = 0; role < ROLES; role++)
		if (event->process[role].has &&
		    !fnmatch(glob, event->process[role].comm, 0))
			return true;
	return false;
}

static bool in_pidns(const struct event *event, uint32_t pidns)
{
	return event->pidns == pidns ||
	       event->process[ROLE_SENDER].pidns == pidns;
}

static bool begins_with(const struct container *container, const char *prefix)
{
	return container && !strncmp(container->id, prefix, strlen(prefix));
}

static bool in_container(const struct event *event,
			 const struct container *container, const char *prefix)
{
	const struct process *sender = &event->process[ROLE_SENDER];
	struct container found;

	return begins_with(container, prefix) ||
	       (sender->has && container_of_process(0, sender, &found) &&
		begins_with(&found, prefix));
}

bool filter_passes(const struct filter *filter, const struct event *event,
		   const struct container *container)
{
	if (event->type == EVENT_LOST)
		return true;
	if (filter->types &&
	    (event->type >= 32 || !(filter->types & 1U << event->type)))
		return false;
	if (filter->pidns && !in_pidns(event, filter->pidns))
		return false;
	if (filter->pid && !has_pid(event, filter->pid))
		return false;
	if (filter->comm && !has_comm(event, filter->comm))
		return false;
	return !filter->container ||
	       in_container(event, container, filter->container);
}

bool filter_passes_teardown(const struct filter *filter,
			    const struct teardown *teardown,
			    const struct container *container)
{
	if (filter->pidns && filter->pidns != teardown->pidns)
		return false;
	return !filter->container || begins_with(container, filter->container);
}
