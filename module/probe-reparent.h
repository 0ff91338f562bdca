/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_PROBE_REPARENT_H
#define NSORPHAN_PROBE_REPARENT_H

#include <linux/types.h>

#include "probe.h"

/* As probe_start() and probe_stop(); all of these may sleep. */
int probe_reparent_start(const char *way);
void probe_reparent_stop(void);

/* Writes at most 2 of them, returns how many. */
unsigned int probe_reparent_counts(struct probe_count *counts);

/* Their sum, as probe_missed(). */
u64 probe_reparent_missed(void);

#endif
