/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSO_STATUS_H
#define NSO_STATUS_H

#include <linux/types.h>

#include "canary.h"
#include "nsorphan.h"
#include "probe.h"
#include "recorder.h"

/**
 * struct nso_status - the set `status` of uapi/nsorphan.yaml
 * @version: version of the module
 * @loaded_ns: when the probes were attached, since boot
 * @kernel: release of the kernel
 * @reparent_probe: name of the hook that records reparentings
 * @teardown_probe: name of the function that is watched for teardowns
 * @recorder: counters of the recorder
 * @bytes: memory that the recorder, cgroup table and ledger take
 * @missed: sum over @probes
 * @sight: whether the probes are called
 * @readers: open events_pipe files, and 1 if anybody listens by netlink
 * @teardowns: number of teardowns that run
 * @mismatched: adoptions that only one of two hooks reported
 * @verify: the crosscheck is on
 * @stall_ms: the parameter
 * @signals: the parameter
 * @nr_probes: number of @probes
 * @probes: the functions that are watched
 */
struct nso_status {
	const char *version;
	u64 loaded_ns;
	const char *kernel;
	const char *reparent_probe;
	const char *teardown_probe;
	struct nso_recorder_counters recorder;
	u64 bytes;
	u64 missed;
	struct nso_sight sight;
	u32 readers;
	u32 teardowns;
	u64 mismatched;
	bool verify;
	u32 stall_ms;
	enum nsorphan_signals signals;
	unsigned int nr_probes;
	struct nso_probe_count probes[NSO_PROBE_MAX];
};

/* From now on events are recorded. */
void nso_status_loaded(void);

/* Fills in the status. Called while the probes are attached. May sleep. */
void nso_status_get(struct nso_status *status);

#endif
