// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/tracepoint.h>

#include "probe-common.h"

int nso_probe_cannot_watch(const char *what, const char *tried, int err)
{
	pr_err("%s for %s: tried %s (%d)\n",
	       err == -ENOMEM ? "no memory to watch" :
				"this kernel cannot be watched",
	       what, tried, err);
	return err == -ENOMEM ? err : -EOPNOTSUPP;
}

static void find(struct tracepoint *tracepoint, void *data)
{
	struct nso_probe_tracepoint *watched = data;

	if (!strcmp(tracepoint->name, watched->name))
		watched->tracepoint = tracepoint;
}

int nso_probe_attach_tracepoint(struct nso_probe_tracepoint *watched)
{
	for_each_kernel_tracepoint(find, watched);
	if (!watched->tracepoint)
		return -ENOENT;
	return tracepoint_probe_register(watched->tracepoint, watched->probe,
					 NULL);
}

void nso_probe_detach_tracepoint(struct nso_probe_tracepoint *watched)
{
	tracepoint_probe_unregister(watched->tracepoint, watched->probe, NULL);
}
