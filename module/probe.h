/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_PROBE_H
#define NSORPHAN_PROBE_H

#include <linux/types.h>

/*
 * Starts watching. way names the kernel function to watch for reparentings,
 * or is "auto". Returns 0; -EINVAL if there is no such way; -EOPNOTSUPP if
 * this kernel can not be watched; each said in one line of the log. May sleep.
 */
int probe_start(const char *way);

/* After this no probe runs or will run. May sleep. */
void probe_stop(void);

/* Names of the functions watched. After probe_start(). */
const char *probe_reparent_symbol(void);
const char *probe_teardown_symbol(void);

/* Hits that the kernel could not deliver. Any context. */
u64 probe_missed(void);

#endif
