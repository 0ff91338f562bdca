// SPDX-License-Identifier: GPL-2.0
#include <fnmatch.h>
#include <stddef.h>
#include <string.h>

#include "filter.h"

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

bool filter_passes(const struct filter *filter, const struct event *event,
		   const char *container)
{
	if (event->type == EVENT_LOST)
		return true;
	if (filter->types &&
	    (event->type >= 32 || !(filter->types & 1U << event->type)))
		return false;
	if (filter->pidns && event->pidns != filter->pidns)
		return false;
	if (filter->pid && !has_pid(event, filter->pid))
		return false;
	if (filter->comm && !has_comm(event, filter->comm))
		return false;
	return !filter->container ||
	       (container && !strncmp(container, filter->container,
				      strlen(filter->container)));
}
