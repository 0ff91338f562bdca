/* SPDX-License-Identifier: GPL-2.0 */
/* What /proc says, for the little that events do not. */
#ifndef NSORPHAN_PROC_H
#define NSORPHAN_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/process.h"

/* Field 22 of @stat, the text of /proc/PID/stat, in clock ticks; 0: none. */
uint64_t procfs_stat_start(const char *stat);

/*
 * Opens /proc/PID for the functions below. With @start_ticks it must be the
 * process that was started then. A descriptor, or a negative errno.
 */
int procfs_open(uint32_t pid, uint64_t start_ticks);

/*
 * Reads the file @name in there as a string. Returns its length, or a negative
 * errno: -ESRCH for a process that is gone.
 */
ssize_t procfs_read_file(int dir, const char *name, char *text, size_t size);

/* The target of a link in there, as a string; false where it cannot be read. */
bool procfs_read_link(int dir, const char *name, char *target, size_t size);

/*
 * Reads /proc/PID/cgroup of exactly that @process (not of a later one with its
 * pid) into @text as a string. False when it is gone.
 */
bool procfs_cgroup(const struct process *process, char *text, size_t size);

/*
 * Whether there surely is no process with this pid in the initial pid
 * namespace: another's /proc cannot tell.
 */
bool procfs_gone(uint32_t pid);

/* PROC_PID_INIT_INO in the kernel's linux/proc_ns.h. */
#define PROCFS_PIDNS_INITIAL	0xeffffffcU

/* Inode number of this process's pid namespace; 0: /proc is not mounted. */
uint32_t procfs_own_pidns(void);

#endif
