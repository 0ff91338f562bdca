// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "genl/teardown.h"
#include "lib/array.h"
#include "proc/names-cache.h"

struct teardown *teardowns_add(struct teardowns *teardowns)
{
	return array_add(&teardowns->teardown, &teardowns->count,
			 sizeof(*teardowns->teardown));
}

struct remaining *teardown_add_remaining(struct teardown *teardown)
{
	return array_add(&teardown->remaining, &teardown->count,
			 sizeof(*teardown->remaining));
}

static int compare(const void *one, const void *other)
{
	const struct teardown *a = one, *b = other;

	if (a->waited_ns != b->waited_ns)
		return a->waited_ns > b->waited_ns ? -1 : 1;
	if (a->level != b->level)
		return a->level < b->level ? -1 : 1;
	return (a->pidns > b->pidns) - (a->pidns < b->pidns);
}

void teardowns_sort(struct teardowns *teardowns)
{
	if (teardowns->count)
		qsort(teardowns->teardown, teardowns->count,
		      sizeof(*teardowns->teardown), compare);
}

const struct teardown *teardowns_find(const struct teardowns *teardowns,
				      uint32_t pidns)
{
	size_t i;

	for (i = 0; i < teardowns->count; i++)
		if (teardowns->teardown[i].pidns == pidns)
			return &teardowns->teardown[i];
	return NULL;
}

const struct container *teardown_container(const struct teardown *teardown,
					   struct container *container)
{
	if (!container_of_event(teardown->hierarchy, teardown->container,
				&teardown->init, container))
		return NULL;
	names_find(container, teardown->init.pid);
	return container;
}

void teardowns_free(struct teardowns *teardowns)
{
	size_t i;

	for (i = 0; i < teardowns->count; i++)
		free(teardowns->teardown[i].remaining);
	free(teardowns->teardown);
	*teardowns = (struct teardowns){ .count = 0 };
}
