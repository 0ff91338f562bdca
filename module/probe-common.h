/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of probes share. */
#ifndef NSO_PROBE_COMMON_H
#define NSO_PROBE_COMMON_H

#include <linux/tracepoint.h>
#include <linux/types.h>

/**
 * struct nso_probe_count - what the status says of one watched function
 * @symbol: its name in /proc/kallsyms
 * @missed: hits that were missed, for whatever reason
 */
struct nso_probe_count {
	const char *symbol;
	u64 missed;
};

/*
 * Logs that `what` cannot be watched, and which symbols were tried. err is what
 * the kernel returned. Returns -ENOMEM if that was err, or -EOPNOTSUPP.
 */
int nso_probe_cannot_watch(const char *what, const char *tried, int err);

/**
 * struct nso_probe_tracepoint - a tracepoint that is watched
 * @name: its name
 * @probe: the function to call, with the parameters of the tracepoint
 * @tracepoint: the tracepoint, once it is attached
 *
 * Tracepoints are not exported to modules, so they are found by name.
 */
struct nso_probe_tracepoint {
	const char *name;
	void *probe;
	struct tracepoint *tracepoint;
};

/* Returns 0, -ENOENT if the kernel has no such tracepoint, or -ENOMEM. */
int nso_probe_attach_tracepoint(struct nso_probe_tracepoint *watched);

/* tracepoint_synchronize_unregister() follows. May sleep. */
void nso_probe_detach_tracepoint(struct nso_probe_tracepoint *watched);

#endif
