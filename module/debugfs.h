/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSO_DEBUGFS_H
#define NSO_DEBUGFS_H

/*
 * /sys/kernel/debug/nsorphan: events, events_pipe, status, teardowns. start and stop may
 * sleep; start returns 0 or a negative errno. Files that are open at stop read
 * as ended, and do not hold the module.
 */
int nso_debugfs_init(void);
void nso_debugfs_exit(void);

#endif
