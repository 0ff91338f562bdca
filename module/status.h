/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSO_STATUS_H
#define NSO_STATUS_H

#include <linux/types.h>

#include "nsorphan.h"
#include "probe.h"
#include "recorder.h"

/**
 * struct nso_status - what the module says of itself; the set `status` of
 * uapi/nsorphan.yaml
 */
struct nso_status {
	const char *version;
	const char *kernel;
	const char *reparent_probe;
	const char *teardown_probe;
	struct nso_recorder_counters recorder;
	u64 missed;			/* the sum over probes */
	u32 readers;
	u32 teardowns;
	u64 mismatched;
	bool verify;
	u32 stall_ms;
	enum nsorphan_signals signals;
	unsigned int nr_probes;
	struct nso_probe_count probes[NSO_PROBE_MAX];
};

/* Process context, while the probes are set up. May sleep. */
void nso_status_get(struct nso_status *status);

#endif
