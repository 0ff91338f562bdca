// SPDX-License-Identifier: GPL-2.0
/* All that is watched in the kernel: see probe-reparent.c, probe-teardown.c. */
#include "probe-reparent.h"
#include "probe-teardown.h"
#include "probe.h"

int probe_start(const char *way)
{
	int err;

	err = probe_reparent_start(way);
	if (err)
		return err;
	err = probe_teardown_start();
	if (err)
		probe_reparent_stop();
	return err;
}

void probe_stop(void)
{
	probe_teardown_stop();
	probe_reparent_stop();
}

unsigned int probe_counts(struct probe_count *counts)
{
	unsigned int n = probe_reparent_counts(counts);

	return n + probe_teardown_counts(counts + n);
}

u64 probe_missed(void)
{
	return probe_reparent_missed() + probe_teardown_missed();
}
