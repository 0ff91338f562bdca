/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSO_PROBE_TEARDOWN_H
#define NSO_PROBE_TEARDOWN_H

#include <linux/types.h>

#include "probe-common.h"

/* As nso_probe_init() and nso_probe_exit(). */
int nso_probe_teardown_init(void);
void nso_probe_teardown_exit(void);

/* Returns the name of the function that is watched for teardowns. */
const char *nso_probe_teardown_symbol(void);

/* Fills in 1 count, and returns how many. */
unsigned int nso_probe_teardown_counts(struct nso_probe_count *counts);

/* Returns their sum, as nso_probe_missed() does. */
u64 nso_probe_teardown_missed(void);

#endif
