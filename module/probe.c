// SPDX-License-Identifier: GPL-2.0
/* All that is watched in the kernel: see probe-{reparent,teardown,signal}.c. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/printk.h>

#include "probe-reparent.h"
#include "probe-signal.h"
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
		goto err_reparent;
	err = probe_signal_start();
	if (err)
		goto err_teardown;
	return 0;

err_teardown:
	probe_teardown_stop();
err_reparent:
	probe_reparent_stop();
	return err;
}

void probe_stop(void)
{
	probe_signal_stop();
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

int probe_cannot_watch(const char *what, const char *tried, int err)
{
	pr_err("%s for %s: tried %s (%d)\n",
	       err == -ENOMEM ? "no memory to watch" :
				"this kernel cannot be watched",
	       what, tried, err);
	return err == -ENOMEM ? err : -EOPNOTSUPP;
}
