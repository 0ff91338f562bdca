/* SPDX-License-Identifier: GPL-2.0 */
/* Everything that is watched in the kernel. */
#ifndef NSO_PROBE_H
#define NSO_PROBE_H

#include <linux/types.h>

#include "probe-common.h"

/*
 * Starts watching. hook names the kernel function to watch for reparentings, or
 * is "auto". Returns 0; -EINVAL if there is no such hook; -EOPNOTSUPP if this
 * kernel cannot be watched; or -ENOMEM. Each error is one line in the log. May
 * sleep.
 */
int nso_probe_init(const char *hook);

/* Stops watching: no probe runs any more when it returns. May sleep. */
void nso_probe_exit(void);

/* Maximum number of functions that are watched at the same time. */
#define NSO_PROBE_MAX	7

/* Fills in up to NSO_PROBE_MAX counts, and returns how many. May sleep. */
unsigned int nso_probe_counts(struct nso_probe_count *counts);

/*
 * Returns the sum of missed hits over all probes. After nso_probe_init(); any
 * context, takes no lock.
 */
u64 nso_probe_missed(void);

#endif
