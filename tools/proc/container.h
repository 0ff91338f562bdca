/* SPDX-License-Identifier: GPL-2.0 */
/* Which container a process is in, as its cgroup tells. */
#ifndef NSORPHAN_CONTAINER_H
#define NSORPHAN_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/process.h"

/* Size of an id or name: the longest file name, and a NUL. */
#define CONTAINER_SIZE	256

/*
 * Finds the container that cgroup @path belongs to; where containers are
 * nested, the innermost. Writes its full id (docker, containerd, CRI-O, podman)
 * or its name (LXC, systemd-nspawn) to @id. Returns false, with an empty @id,
 * where the cgroup is no container's.
 */
bool container_of_path(const char *path, char id[CONTAINER_SIZE]);

/*
 * Does the same for @text, the content of /proc/PID/cgroup: the first line with
 * a container decides.
 */
bool container_of_proc(const char *text, char id[CONTAINER_SIZE]);

/*
 * Returns the user under whose slice, which systemd has delegated to him, the
 * container @id has its cgroup @path; 0 where it is in the hands of root. A
 * session's scope is not delegated.
 */
uint32_t container_user(const char *path, const char *id);

/*
 * Finds the container of @process (NULL: unknown), in the cgroup v2 with id
 * @cgroup (0: unknown), and writes it to @id. It can be found while the cgroup
 * exists, and is cached. Returns @id, or NULL where no container is known.
 */
const char *container_of_process(uint64_t cgroup,
				 const struct process *process,
				 char id[CONTAINER_SIZE]);

#endif
