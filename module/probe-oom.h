/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSO_PROBE_OOM_H
#define NSO_PROBE_OOM_H

#include <linux/types.h>

#include "probe-common.h"

/*
 * Starts and stops watching OOM kills. A kernel without a function to probe is
 * watched all the same: then no signal has the cause oom, and the function is
 * not among the counts. The line in the log says so.
 */
void nso_probe_oom_init(void);
void nso_probe_oom_exit(void);

/* Fills in up to 2 counts, and returns how many. */
unsigned int nso_probe_oom_counts(struct nso_probe_count *counts);

/* Returns their sum, as nso_probe_missed() does. */
u64 nso_probe_oom_missed(void);

#endif
