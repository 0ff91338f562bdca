// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"

void *array_add(void *list, size_t *count, size_t size)
{
	char *elements, *element, *more;

	memcpy(&elements, list, sizeof(elements));
	/* There is room for as many as the next power of two. */
	if (!(*count & (*count - 1))) {
		more = reallocarray(elements, *count ? 2 * *count : 1, size);
		if (!more)
			return NULL;
		memcpy(list, &more, sizeof(more));
		elements = more;
	}
	element = elements + *count * size;
	++*count;
	return memset(element, 0, size);
}
