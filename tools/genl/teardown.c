// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "genl/teardown.h"

/* Room for one more: always as much as the next power of two. */
static bool make_room(void **array, size_t count, size_t size)
{
	void *more;

	if (count & (count - 1))
		return true;
	more = reallocarray(*array, count ? 2 * count : 1, size);
	if (!more)
		return false;
	*array = more;
	return true;
}

struct teardown *teardowns_add(struct teardowns *teardowns)
{
	void *array = teardowns->teardown;
	struct teardown *added;

	if (!make_room(&array, teardowns->count, sizeof(*added)))
		return NULL;
	teardowns->teardown = array;
	added = &teardowns->teardown[teardowns->count++];
	memset(added, 0, sizeof(*added));
	return added;
}

struct remaining *teardown_add_remaining(struct teardown *teardown)
{
	void *array = teardown->remaining;
	struct remaining *added;

	if (!make_room(&array, teardown->count, sizeof(*added)))
		return NULL;
	teardown->remaining = array;
	added = &teardown->remaining[teardown->count++];
	memset(added, 0, sizeof(*added));
	return added;
}

static int compare(const void *one, const void *other)
{
	const struct teardown *a = one, *b = other;

	if (a->waited_ns != b->waited_ns)
		return a->waited_ns > b->waited_ns ? -1 : 1;
	if (a->level != b->level)
		return a->level < b->level ? -1 : 1;
	return a->pidns < b->pidns ? -1 : a->pidns > b->pidns;
}

void teardowns_sort(struct teardowns *teardowns)
{
	if (teardowns->count)
		qsort(teardowns->teardown, teardowns->count,
		      sizeof(*teardowns->teardown), compare);
}

void teardowns_free(struct teardowns *teardowns)
{
	size_t i;

	for (i = 0; i < teardowns->count; i++)
		free(teardowns->teardown[i].remaining);
	free(teardowns->teardown);
	*teardowns = (struct teardowns){ .count = 0 };
}
