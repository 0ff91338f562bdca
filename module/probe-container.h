/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSO_PROBE_CONTAINER_H
#define NSO_PROBE_CONTAINER_H

#include <linux/types.h>

#include "probe-common.h"

/* As nso_probe_init() and nso_probe_exit(). */
int nso_probe_container_init(void);
void nso_probe_container_exit(void);

/* Fills in 1 count, of containers that the ledger had no place for. */
unsigned int nso_probe_container_counts(struct nso_probe_count *counts);

/* Returns that count, as nso_probe_missed() does. */
u64 nso_probe_container_missed(void);

#endif
