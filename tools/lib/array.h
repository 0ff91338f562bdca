/* SPDX-License-Identifier: GPL-2.0 */
/* An array that grows. */
#ifndef NSORPHAN_LIST_H
#define NSORPHAN_LIST_H

#include <stddef.h>

/*
 * Adds an element of @size zero bytes to the array of *@count of them to which
 * *@list points (a pointer to a pointer: NULL at first, for free() at last).
 * Elements may move. NULL: no memory.
 */
void *array_add(void *list, size_t *count, size_t size);

#endif
