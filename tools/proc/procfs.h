/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Reads /proc. Nothing else in the tool reads files there, so what may be
 * opened is decided here: never one that leads to a process's own files or
 * memory (exe, root, cwd, map_files, environ, maps), which hangs, in D state
 * after SIGKILL, where these lie on a file system that does not answer.
 */
#ifndef NSORPHAN_PROCFS_H
#define NSORPHAN_PROCFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/process.h"

/*
 * Opens the directory /proc/PID of @pid, which stays that process's: it cannot
 * be mixed up with a later one with this pid. With @start_ticks (0: any) it has
 * to be the process that was started then. Returns a descriptor, or a negative
 * errno: -ESRCH where there is no such process.
 */
int procfs_open(uint32_t pid, uint64_t start_ticks);

/*
 * Reads the file @name below the directory @dir (or AT_FDCWD), at most @size -
 * 1 bytes, and NUL-terminates it. Returns its length, or a negative errno:
 * -ESRCH where there is no such file, as the process is gone.
 */
ssize_t procfs_read_file(int dir, const char *name, char *text, size_t size);

/* Whether the file at @path, which is absolute, begins with @text. */
bool procfs_file_begins(const char *path, const char *text);

/*
 * Reads the file @name below @dir, however long it is. Returns a string for
 * free(), or NULL where it cannot be read or memory is short.
 */
char *procfs_read_whole_file(int dir, const char *name);

/*
 * Reads the target of the symbolic link @name below @dir, without following it,
 * as a string. Returns false, with an empty @target, where it cannot be read.
 */
bool procfs_read_link(int dir, const char *name, char *target, size_t size);

/*
 * Calls @call for each entry of directory @name below @dir that is a number, as
 * pids are, until it returns something else than 0. Returns that, 0, or a
 * negative errno.
 */
int procfs_walk_numbers(int dir, const char *name,
			int (*call)(uint32_t number, void *context),
			void *context);

/*
 * Reads /proc/PID/cgroup of exactly that @process into @text, as a string.
 * Returns false where it is gone.
 */
bool procfs_read_cgroup(const struct process *process, char *text, size_t size);

/*
 * Returns field 22, the start, of @stat, the text of a stat file, in clock
 * ticks.
 */
uint64_t procfs_stat_start(const char *stat);

/* Whether there is a file @path. */
bool procfs_exists(const char *path);

/* PROC_PID_INIT_INO of the kernel's linux/proc_ns.h. */
#define PROCFS_PIDNS_INITIAL	0xeffffffcU

/*
 * Returns the inode number of the pid namespace of the process that @dir, of
 * procfs_open(), belongs to; 0 where it cannot be read.
 */
uint32_t procfs_pidns(int dir);

/*
 * Opens the pid namespace of process @pid, for ioctl_ns(2). Returns a
 * descriptor or a negative errno.
 */
int procfs_open_pidns(uint32_t pid);

/*
 * Opens the network namespace of the process that @dir, of procfs_open(),
 * belongs to, or with AT_FDCWD that of this process, for setns(2). Returns a
 * descriptor or a negative errno.
 */
int procfs_open_netns(int dir);

/* Returns procfs_pidns() of this process; 0 where /proc is not mounted. */
uint32_t procfs_own_pidns(void);

/*
 * Joins the cgroup namespace of process 1, as a container that sees the processes of the
 * host has most often one of its own: /proc shows the paths of cgroups relative to that
 * of who reads them. Returns whether it is the initial one then, as far as that is known.
 */
bool procfs_join_cgroupns(void);

/*
 * Whether there is surely no process @pid in the initial pid namespace, which
 * the /proc of another namespace cannot tell.
 */
bool procfs_gone(uint32_t pid);

#endif
