/* SPDX-License-Identifier: GPL-2.0 */
/* Whether a file system is frozen, and which threads wait for its thaw. */
#ifndef NSORPHAN_FILESYSTEM_H
#define NSORPHAN_FILESYSTEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A thread that waits; both numbers are in the initial pid namespace. */
struct frozen_waiter {
	uint32_t	pid;
	uint32_t	tid;
};

/* A file system; what the members mean is in uapi/nsorphan.yaml. */
struct filesystem {
	uint32_t	dev_major;
	uint32_t	dev_minor;
	char		type[32];
	uint32_t	frozen;		/* 0: it is not */
	bool		more;		/* waiters than there are here */
	struct frozen_waiter	*waiters;
	size_t		count;		/* of waiters */
};

/* Appends a zeroed waiter. Returns NULL when memory is short. */
struct frozen_waiter *filesystem_add_waiter(struct filesystem *filesystem);

/* Whether thread @tid of process @pid waits for the thaw of @filesystem. */
bool filesystem_is_waiter(const struct filesystem *filesystem, uint32_t pid,
			  uint32_t tid);

void filesystem_free(struct filesystem *filesystem);

#endif
