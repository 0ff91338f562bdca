// SPDX-License-Identifier: GPL-2.0
#include <linux/utsname.h>

#include "debugfs.h"
#include "netlink.h"
#include "probe.h"
#include "signal.h"
#include "stall.h"
#include "status.h"
#include "teardown.h"
#include "verify.h"

void status_get(struct status *status)
{
	unsigned int i;

	status->version = NSORPHAN_VERSION;
	status->kernel = init_utsname()->release;
	status->reparent_probe = probe_reparent_symbol();
	status->teardown_probe = probe_teardown_symbol();
	recorder_counters(&status->recorder);
	status->nr_probes = probe_counts(status->probes);
	status->missed = 0;
	for (i = 0; i < status->nr_probes; i++)
		status->missed += status->probes[i].missed;
	status->readers = debugfs_readers() + netlink_listening();
	status->teardowns = teardown_running();
	status->mismatched = verify_mismatched();
	status->verify = probe_verifies();
	status->stall_ms = stall_get_ms();
	status->signals = READ_ONCE(signals_wanted);
}
