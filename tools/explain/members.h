/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which processes of a snapshot belong together: those in a container, those in
 * a pid namespace, the children of a process. The snapshot is gone through once;
 * then each group is found without looking at the other processes.
 */
#ifndef NSORPHAN_MEMBERS_H
#define NSORPHAN_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proc/snapshot.h"

/* Processes that belong together. */
struct group {
	const struct task *const *list;
	size_t		count;
};

struct namespace_group;

/* Zeroed: nothing. */
struct members {
	const struct snapshot *snapshot;
	struct group	*containers;	/* none is empty; by id and user */
	size_t		nr_containers;
	const struct task **in_container;	/* by container: its cgroup is read */
	struct group	**container_of;	/* by index of task; NULL: none */
	const struct task **contained;	/* by container, then by pid */
	const struct task **by_parent;	/* by ppid, then by pid */
	const struct task **by_pidns;	/* by pid namespace, nested ones together */
	struct namespace_group *namespaces;	/* by inode number */
	size_t		nr_namespaces;
	const struct task **picked;	/* for members_around() */
	bool		*is_picked;	/* by index of task */
};

/*
 * Groups the processes of @snapshot, which has to stay where it is. One that is
 * exiting and has no cgroup any more (cgroup v1) belongs to the container of its
 * parent. Returns 0 or -ENOMEM; members_free() is for
 * @members after a failure, too.
 */
int members_find(const struct snapshot *snapshot, struct members *members);
void members_free(struct members *members);

/* Returns the container that @task, of the snapshot, is in, or NULL. */
const struct group *members_container_of(const struct members *members,
					 const struct task *task);

/* Returns the container with this @id of this @user, or NULL. */
const struct group *members_container(const struct members *members,
				      const char *id, uint32_t user);

/* Returns a process of @container that has its id. */
const struct task *members_named(const struct members *members,
				 const struct group *container);

/* Returns the children of process @pid. */
struct group members_children(const struct members *members, uint32_t pid);

/*
 * Returns the processes in pid namespace @inum, below the initial one, but not
 * those in the namespaces below it.
 */
struct group members_of_pidns(const struct members *members, uint32_t inum);

/*
 * Returns the processes in pid namespace @inum, below the initial one, and in
 * those below it, and maybe others: those of the outermost namespace that @inum
 * is in.
 */
struct group members_below_pidns(const struct members *members, uint32_t inum);

/*
 * Copies to @part what a verdict on @main depends on: @container (NULL: none),
 * the children of @main, what is in its pid namespace, and the parents and
 * tracers of all of these. @part points into the snapshot; members_free_part()
 * frees it. Returns 0 or -ENOMEM.
 */
int members_around(struct members *members, const struct group *container,
		   const struct task *main, struct snapshot *part);
void members_free_part(struct snapshot *part);

#endif
