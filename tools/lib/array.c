// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"

void *array_add(void *array, size_t *count, size_t size)
{
	char *elements, *element, *grown;

	memcpy(&elements, array, sizeof(elements));
	/* The capacity is *count rounded up to a power of two. */
	if (!(*count & (*count - 1))) {
		grown = reallocarray(elements, *count ? 2 * *count : 1, size);
		if (!grown)
			return NULL;
		memcpy(array, &grown, sizeof(grown));
		elements = grown;
	}
	element = elements + *count * size;
	++*count;
	return memset(element, 0, size);
}
