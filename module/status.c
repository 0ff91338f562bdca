// SPDX-License-Identifier: GPL-2.0
#include <linux/ktime.h>
#include <linux/utsname.h>

#include "canary.h"
#include "cgroup-table.h"
#include "container.h"
#include "crosscheck.h"
#include "probe-reparent.h"
#include "probe-teardown.h"
#include "probe.h"
#include "recorder-wake.h"
#include "recorder.h"
#include "signal.h"
#include "stall.h"
#include "status.h"
#include "teardown.h"

static u64 loaded_ns;

void nso_status_loaded(void)
{
	loaded_ns = ktime_get_boottime_ns();
}

void nso_status_get(struct nso_status *status)
{
	unsigned int i;

	status->version = NSORPHAN_VERSION;
	status->loaded_ns = loaded_ns;
	status->kernel = init_utsname()->release;
	status->reparent_probe = nso_probe_reparent_symbol();
	status->teardown_probe = nso_probe_teardown_symbol();
	nso_recorder_counters(&status->recorder);
	status->bytes = status->recorder.bytes + nso_cgroup_table_bytes() +
			nso_container_bytes();
	status->nr_probes = nso_probe_counts(status->probes);
	status->missed = 0;
	for (i = 0; i < status->nr_probes; i++)
		status->missed += status->probes[i].missed;
	nso_canary_look(&status->sight);
	status->readers = nso_recorder_readers();
	status->teardowns = nso_teardown_running();
	status->mismatched = nso_crosscheck_mismatched();
	status->verify = nso_probe_verifies();
	status->stall_ms = nso_stall_get_ms();
	status->signals = READ_ONCE(nso_signals_wanted);
}
