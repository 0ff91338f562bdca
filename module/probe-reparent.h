/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSO_PROBE_REPARENT_H
#define NSO_PROBE_REPARENT_H

#include <linux/types.h>

#include "probe-common.h"

/* As nso_probe_init() and nso_probe_exit(). */
int nso_probe_reparent_init(const char *hook);
void nso_probe_reparent_exit(void);

/*
 * Switches the crosscheck by a second hook on or off. Before
 * nso_probe_reparent_init() the request is noted, and carried out there.
 * Returns 0; -EOPNOTSUPP if this kernel has no second hook; -ENOMEM; -EAGAIN while
 * the module is blind; or -ENODEV after nso_probe_reparent_exit(). May sleep.
 */
int nso_probe_verify(bool on);

/* Tells whether the crosscheck is on. Any context. */
bool nso_probe_verifies(void);

/*
 * Returns the name of the hook that records; the symbol that is watched for it
 * may be a clone. After nso_probe_reparent_init().
 */
const char *nso_probe_reparent_symbol(void);

/* Fills in up to 2 counts, and returns how many. May sleep. */
unsigned int nso_probe_reparent_counts(struct nso_probe_count *counts);

/* Returns their sum, as nso_probe_missed() does. */
u64 nso_probe_reparent_missed(void);

#endif
