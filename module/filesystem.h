/* SPDX-License-Identifier: GPL-2.0 */
/* Whether a file system is frozen, and which threads wait for its thaw. */
#ifndef NSO_FILESYSTEM_H
#define NSO_FILESYSTEM_H

#include <linux/kdev_t.h>
#include <linux/types.h>

/* Number of waiting threads that are looked at. */
#define NSO_FILESYSTEM_WAITERS	256

/**
 * struct nso_filesystem_waiter - a thread that waits for a thaw
 * @pid: its tgid in the initial pid namespace
 * @tid: the thread there
 */
struct nso_filesystem_waiter {
	u32 pid;
	u32 tid;
};

/**
 * struct nso_filesystem - a file system
 * @dev: its device
 * @type: its type, or the beginning of that
 * @frozen: SB_FREEZE_*: how far it is frozen
 * @nr_waiters: how many of @waiters there are
 * @more: more threads wait than were looked at
 * @waiters: threads that wait
 */
struct nso_filesystem {
	dev_t dev;
	char type[32];
	u32 frozen;
	u32 nr_waiters;
	bool more;
	struct nso_filesystem_waiter waiters[NSO_FILESYSTEM_WAITERS];
};

/*
 * Fills in the file system of a descriptor of current, which may be one of
 * O_PATH. Returns 0 or -EBADF. Process context; never waits for the file system.
 */
int nso_filesystem_get(unsigned int fd, struct nso_filesystem *filesystem);

#endif
