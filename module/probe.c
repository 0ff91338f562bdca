// SPDX-License-Identifier: GPL-2.0
/* Starts and stops all probes: probe-*.c. */
#include "canary.h"
#include "container.h"
#include "probe-container.h"
#include "probe-oom.h"
#include "probe-reparent.h"
#include "probe-signal.h"
#include "probe-teardown.h"
#include "probe.h"

/* The canary is there as long as a probe that may be detached on demand. */
int nso_probe_init(const char *hook)
{
	int err;

	err = nso_canary_init();
	if (err)
		return nso_probe_cannot_watch("itself", "nso_canary", err);
	err = nso_probe_reparent_init(hook);
	if (err)
		goto err_canary;
	err = nso_probe_teardown_init();
	if (err)
		goto err_reparent;
	nso_probe_oom_init();
	err = nso_probe_container_init();
	if (err)
		goto err_oom;
	nso_container_find_living();
	err = nso_probe_signal_init();
	if (err)
		goto err_container;
	return 0;

err_container:
	nso_probe_container_exit();
err_oom:
	nso_probe_oom_exit();
	nso_probe_teardown_exit();
err_reparent:
	nso_probe_reparent_exit();
err_canary:
	nso_canary_exit();
	return err;
}

void nso_probe_exit(void)
{
	nso_probe_signal_exit();
	nso_probe_container_exit();
	nso_probe_oom_exit();
	nso_probe_teardown_exit();
	nso_probe_reparent_exit();
	nso_canary_exit();
}

unsigned int nso_probe_counts(struct nso_probe_count *counts)
{
	unsigned int n = nso_probe_reparent_counts(counts);

	n += nso_probe_teardown_counts(counts + n);
	n += nso_probe_oom_counts(counts + n);
	return n + nso_probe_container_counts(counts + n);
}

u64 nso_probe_missed(void)
{
	return nso_probe_reparent_missed() + nso_probe_teardown_missed() +
	       nso_probe_oom_missed() + nso_probe_container_missed();
}
