/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSO_DEBUGFS_H
#define NSO_DEBUGFS_H

/*
 * Create and remove /sys/kernel/debug/nsorphan with its files: events,
 * events_pipe, status and teardowns. nso_debugfs_init() returns 0 or a negative
 * errno, which is in the log then. Open files do not hold the module: after
 * nso_debugfs_exit() they read as ended. Both may sleep.
 */
int nso_debugfs_init(void);
void nso_debugfs_exit(void);

#endif
