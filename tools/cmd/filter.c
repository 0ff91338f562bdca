// SPDX-License-Identifier: GPL-2.0
#include <fnmatch.h>
#include <stddef.h>
#include <string.h>

#include "cmd/filter.h"
#include "proc/container.h"
#include "proc/names-cache.h"

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

/*
 * Whether @name is @pattern, or matches it as a glob(7), in which only a slash
 * matches a slash.
 */
static bool is_name(const char *pattern, const char *name)
{
	return *name && (!strcmp(pattern, name) ||
			 !fnmatch(pattern, name, FNM_PATHNAME));
}

static bool is_container(const struct container *container, const char *text)
{
	char label[CONTAINER_LABEL_SIZE];

	if (container_is_id(container->id) &&
	    !strncmp(container->id, text, strlen(text)))
		return true;
	return is_name(text, container->names.name) ||
	       is_name(text, container_label(container, label));
}

static bool is_in_pod(const struct container *container, const char *text)
{
	const struct container_names *names = &container->names;
	const char *slash = strchr(text, '/');
	char namespace[CONTAINER_SIZE];

	if (!slash)
		return is_name(text, names->pod);
	if ((size_t)(slash - text) >= sizeof(namespace))
		return false;
	memcpy(namespace, text, (size_t)(slash - text));
	namespace[slash - text] = '\0';
	return is_name(namespace, names->pod_namespace) &&
	       is_name(slash + 1, names->pod);
}

/* Whether @container (NULL: none known) passes. */
static bool passes_container(const struct filter *filter,
			     const struct container *container)
{
	if (!filter->container && !filter->pod)
		return true;
	return container &&
	       (!filter->container ||
		is_container(container, filter->container)) &&
	       (!filter->pod || is_in_pod(container, filter->pod));
}

static bool passes_sender(const struct filter *filter,
			  const struct event *event)
{
	const struct process *sender = &event->process[ROLE_SENDER];
	struct container container;

	if (!sender->has || !container_of_process(sender, &container))
		return false;
	names_find(&container, sender->pid);
	return passes_container(filter, &container);
}

bool filter_passes_time(const struct filter *filter, uint64_t boot_ns)
{
	return boot_ns >= filter->since_ns &&
	       !(filter->has_until && boot_ns > filter->until_ns);
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
	return passes_container(filter, container) ||
	       passes_sender(filter, event);
}

bool filter_passes_place(const struct filter *filter, uint32_t pidns,
			 const struct container *container)
{
	if (filter->pidns && filter->pidns != pidns)
		return false;
	return passes_container(filter, container);
}

bool filter_passes_teardown(const struct filter *filter,
			    const struct teardown *teardown,
			    const struct container *container)
{
	return filter_passes_place(filter, teardown->pidns, container);
}

bool filter_passes_life(const struct filter *filter, const struct life *life,
			const struct container *container)
{
	return filter_passes_place(filter, life->main.pidns, container);
}
