/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_PROBE_TEARDOWN_H
#define NSORPHAN_PROBE_TEARDOWN_H

#include <linux/types.h>

#include "probe.h"

/* As probe_start() and probe_stop(). Both may sleep. */
int probe_teardown_start(void);
void probe_teardown_stop(void);

/* Writes at most 2 of them, returns how many. */
unsigned int probe_teardown_counts(struct probe_count *counts);

/* Their sum, as probe_missed(). */
u64 probe_teardown_missed(void);

#endif
