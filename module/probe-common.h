/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of probes share. */
#ifndef NSO_PROBE_COMMON_H
#define NSO_PROBE_COMMON_H

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

#endif
