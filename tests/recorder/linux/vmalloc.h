/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_VMALLOC_H
#define SHIM_VMALLOC_H

#include <stdlib.h>
#include <string.h>

#include <linux/types.h>

#define array_size(n, size)	((size_t)(n) * (size))

/* Page-aligned, as slots are aligned to cache lines. */
static inline void *vzalloc(size_t size)
{
	void *p;

	if (posix_memalign(&p, 4096, size))
		return NULL;
	return memset(p, 0, size);
}

static inline void vfree(void *p)
{
	free(p);
}

#endif
