/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether the kernel calls the module's probes. An administrator can switch all of
 * them off (kernel.ftrace_enabled, kprobes/enabled in debugfs); no probe and no
 * counter tells of that. Tracepoints go on.
 */
#ifndef NSO_CANARY_H
#define NSO_CANARY_H

#include <linux/types.h>

/**
 * struct nso_sight - whether probes are called, and when they were not
 * @blind: they are not
 * @from_ns: time at which they were last known to be called before they were not,
 *	CLOCK_BOOTTIME; 0: never since the load, or they always were
 * @to_ns: time at which they were known to be called again; 0: not yet, or never
 *	were not
 */
struct nso_sight {
	bool blind;
	u64 from_ns;
	u64 to_ns;
};

/* Returns 0, or what register_kprobe() does. May sleep. */
int nso_canary_init(void);
void nso_canary_exit(void);

/* Tries it, and fills in *sight. May sleep. */
void nso_canary_look(struct nso_sight *sight);

/*
 * Tells whether no probe may be detached now: while kernel.ftrace_enabled is 0 that
 * leaves a flag behind, for which ftrace_shutdown() gives up ftrace for good when the
 * last probe of the machine goes. May sleep.
 */
bool nso_canary_is_blind(void);

#endif
