/* SPDX-License-Identifier: GPL-2.0 */
/* A growable array. */
#ifndef NSORPHAN_ARRAY_H
#define NSORPHAN_ARRAY_H

#include <stddef.h>

/*
 * Appends a zeroed element of @size bytes to an array of *@count elements and
 * increments *@count. @array points to the pointer to the first element, which
 * is NULL for an empty array and is for free(). Elements may move. Returns the
 * new element, or NULL, with nothing changed, when memory is short.
 */
void *array_add(void *array, size_t *count, size_t size);

#endif
