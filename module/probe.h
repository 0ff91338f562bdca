/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_PROBE_H
#define NSORPHAN_PROBE_H

#include <linux/types.h>

/*
 * Starts watching. way names the kernel function to watch for reparentings,
 * or is "auto". Returns 0; -EINVAL if there is no such way; -EOPNOTSUPP if
 * this kernel can not be watched; -ENOMEM; each said in one line of the log.
 * May sleep.
 */
int probe_start(const char *way);

/* After this no probe runs or will run. May sleep. */
void probe_stop(void);

/*
 * Lets a second way in check the first, or no longer. Before probe_start() it
 * is noted, and done there. Returns 0; -EOPNOTSUPP if this kernel has no
 * second way; -ENOMEM; -ENODEV after probe_stop(). May sleep.
 */
int probe_verify(bool on);
bool probe_verifies(void);

/*
 * The functions watched, as status tells them. After probe_start(). That for
 * reparentings is a way's name; what is watched for it may be a clone.
 */
const char *probe_reparent_symbol(void);
const char *probe_teardown_symbol(void);

/* For the files of probes: says so in the log, and returns what start returns. */
int probe_cannot_watch(const char *what, const char *tried, int err);

/**
 * struct probe_count - how one function is watched
 * @symbol: its name in /proc/kallsyms
 * @missed: hits that the kernel could not deliver, for whatever reason
 */
struct probe_count {
	const char *symbol;
	u64 missed;
};

#define PROBE_MAX	4

/* Writes up to PROBE_MAX of them, returns how many. May sleep. */
unsigned int probe_counts(struct probe_count *counts);

/* The sum of what they missed. After probe_start(); any context, no lock. */
u64 probe_missed(void);

#endif
