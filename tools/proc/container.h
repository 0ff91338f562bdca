/* SPDX-License-Identifier: GPL-2.0 */
/* Which container a process is in, as its cgroup tells, and its names. */
#ifndef NSORPHAN_CONTAINER_H
#define NSORPHAN_CONTAINER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/process.h"

/* Size of an id or name: the longest file name, and a NUL. */
#define CONTAINER_SIZE	256

/*
 * What people call a container: any bytes but NUL, an empty string where there
 * is no such name. See names-cache.h.
 */
struct container_names {
	char	name[CONTAINER_SIZE];	/* empty: a pod's sandbox */
	char	pod[CONTAINER_SIZE];
	char	pod_namespace[CONTAINER_SIZE];
	char	user[CONTAINER_SIZE];	/* whose it is; empty: the system's */
	uint32_t stop_signal;		/* 0: the engine's default */
};

/* Whether there is a name beside that of a user. */
static inline bool names_known(const struct container_names *names)
{
	return names->name[0] || names->pod[0];
}

/* A container. */
struct container {
	char	id[CONTAINER_SIZE];	/* as container_of_path() writes it */
	uint32_t user;			/* see container_user() */
	struct container_names names;
};

/* Size of the longest label, its NUL included. */
#define CONTAINER_LABEL_SIZE	(3 * CONTAINER_SIZE)

/*
 * Writes what text calls @container: "NAMESPACE/POD/NAME", "NAMESPACE/POD" for
 * a sandbox, "NAME", "NAME@USER", or its id where it has no name. Returns
 * @label.
 */
const char *container_label(const struct container *container,
			    char label[CONTAINER_LABEL_SIZE]);

/*
 * Whether @id is an engine's, of 64 hex digits; others are names that people
 * gave.
 */
bool container_is_id(const char *id);

/*
 * Finds the container that cgroup @path, or the end of a long path, belongs to;
 * where containers are nested, the outermost. Writes its full id (docker,
 * containerd, CRI-O, podman) or its name (LXC, systemd-nspawn) to @id. Returns
 * false, with an empty @id, where the cgroup is no container's.
 */
bool container_of_path(const char *path, char id[CONTAINER_SIZE]);

/*
 * Returns the user under whose slice, which systemd has delegated to him, a
 * container has its cgroup @path; 0 where it is in the hands of root. A
 * session's scope is not delegated. Of nested containers the outermost decides:
 * it has users and slices of its own.
 */
uint32_t container_user(const char *path);

/*
 * Does what these two do for @text, the content of /proc/PID/cgroup: the first
 * line with a container decides.
 */
bool container_of_proc(const char *text, char id[CONTAINER_SIZE],
		       uint32_t *user);

/*
 * Finds the container of @process, as /proc shows its cgroups. Fills in
 * @container but for its names. Returns false where it is in no container, or
 * is gone.
 */
bool container_of_process(const struct process *process,
			  struct container *container);

/*
 * Returns the path of the file that ends all processes of the container that
 * @process is in when 1 is written to it, for free(); NULL where there is none:
 * cgroup v2 has it, from Linux 5.14 on.
 */
char *container_kill_file(const struct process *process);

/*
 * Notes the @path of @cgroup, which is a container, in @hierarchy (enum
 * nsorphan_hierarchy); NULL: it is not known any more.
 */
void container_learn(uint32_t hierarchy, uint64_t cgroup, const char *path);

/* Whether container_learn() was called with that @cgroup. */
bool container_is_learned(uint32_t hierarchy, uint64_t cgroup);

/*
 * Does what container_of_process() does for the container of an event: @cgroup
 * in @hierarchy, which was learned. If that is 0, or its path not known, it is
 * that of @process; NULL: unknown.
 */
bool container_of_event(uint32_t hierarchy, uint64_t cgroup,
			const struct process *process,
			struct container *container);

#endif
