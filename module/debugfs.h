/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_DEBUGFS_H
#define NSORPHAN_DEBUGFS_H

#include <linux/types.h>

/*
 * /sys/kernel/debug/nsorphan: events, events_pipe, status, teardowns. start and stop may
 * sleep; start returns 0 or a negative errno. Files that are open at stop read
 * as ended, and do not hold the module.
 */
int debugfs_start(void);
void debugfs_stop(void);

/* How many times events_pipe is open. Process context. */
u32 debugfs_readers(void);

#endif
