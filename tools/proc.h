/* SPDX-License-Identifier: GPL-2.0 */
/* What /proc says, for the little that events do not. */
#ifndef NSORPHAN_PROC_H
#define NSORPHAN_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

/* Field 22 of @stat, the text of /proc/PID/stat, in clock ticks; 0: none. */
uint64_t proc_stat_start(const char *stat);

/*
 * Reads /proc/PID/cgroup of exactly that @process (not of a later one with its
 * pid) into @text as a string. False when it is gone.
 */
bool proc_cgroup(const struct process *process, char *text, size_t size);

/*
 * Whether there surely is no process with this pid in the initial pid
 * namespace: another's /proc cannot tell.
 */
bool proc_gone(uint32_t pid);

/* PROC_PID_INIT_INO in the kernel's linux/proc_ns.h. */
#define PROC_PIDNS_INITIAL	0xeffffffcU

/* Inode number of this process's pid namespace; 0: /proc is not mounted. */
uint32_t proc_own_pidns(void);

#endif
