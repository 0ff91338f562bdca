// SPDX-License-Identifier: GPL-2.0
#include <linux/utsname.h>

#include "debugfs.h"
#include "netlink.h"
#include "probe.h"
#include "status.h"
#include "teardown.h"

void status_get(struct status *status)
{
	status->version = NSORPHAN_VERSION;
	status->kernel = init_utsname()->release;
	status->reparent_probe = probe_reparent_symbol();
	status->teardown_probe = probe_teardown_symbol();
	recorder_counters(&status->recorder);
	status->missed = probe_missed();
	status->readers = debugfs_readers() + netlink_listening();
	status->teardowns = teardown_running();
}
