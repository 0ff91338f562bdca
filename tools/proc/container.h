/* SPDX-License-Identifier: GPL-2.0 */
/* Which container a process is in, as its cgroup tells. */
#ifndef NSORPHAN_CONTAINER_H
#define NSORPHAN_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/process.h"

/* Room for an id or name: the longest name of a file, and a NUL. */
#define CONTAINER_SIZE	256

/*
 * The container that cgroup @path belongs to; where containers are nested, the
 * innermost. Sets @id to its full id (docker, containerd, CRI-O, podman) or its
 * name (LXC, systemd-nspawn). False, and @id is empty, when it is none's.
 */
bool container_of_path(const char *path, char id[CONTAINER_SIZE]);

/* The same for @text, what /proc/PID/cgroup holds: the first line that tells. */
bool container_of_proc(const char *text, char id[CONTAINER_SIZE]);

/*
 * The path of the cgroup v2 with id @cgroup, below the mount of that hierarchy,
 * "/" for its root. False when it is gone or there is no such hierarchy.
 */
bool container_cgroup_path(uint64_t cgroup, char *path, size_t size);

/*
 * The container of @process (NULL: none that could be asked) whose cgroup v2 id
 * is @cgroup, or NULL when none is known. It is found while it
 * lives, and remembered. The string is good until the next call.
 */
const char *container_of_process(uint64_t cgroup,
				 const struct process *process);

#endif
