// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "genl/filesystem.h"
#include "lib/array.h"

struct frozen_waiter *filesystem_add_waiter(struct filesystem *filesystem)
{
	return array_add(&filesystem->waiters, &filesystem->count,
			 sizeof(*filesystem->waiters));
}

bool filesystem_is_waiter(const struct filesystem *filesystem, uint32_t pid,
			  uint32_t tid)
{
	const struct frozen_waiter *waiter = filesystem->waiters;
	size_t i;

	for (i = 0; i < filesystem->count; i++)
		if (waiter[i].pid == pid && waiter[i].tid == tid)
			return true;
	return false;
}

void filesystem_free(struct filesystem *filesystem)
{
	free(filesystem->waiters);
	*filesystem = (struct filesystem){ .count = 0 };
}
