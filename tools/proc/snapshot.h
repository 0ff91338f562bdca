/* SPDX-License-Identifier: GPL-2.0 */
/* All processes that /proc shows, read once, and their pid namespaces. */
#ifndef NSORPHAN_SNAPSHOT_H
#define NSORPHAN_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proc/task.h"

/* A pid namespace; both are inode numbers. */
struct pidns {
	uint32_t inum;
	uint32_t parent;	/* it was made in; 0: none, or unknown */
};

struct snapshot {
	struct task *list;	/* sorted by pid */
	size_t count;
	struct pidns *pidns;	/* those of the tasks, and their ancestors */
	size_t nr_pidns;
};

/*
 * Reads all processes; one that starts or ends meanwhile may be missing.
 * Returns 0 or a negative errno. On success @snapshot is for snapshot_free().
 */
int snapshot_read(struct snapshot *snapshot);

/* Does the same for process @pid alone, which may turn out to be missing. */
int snapshot_read_one(struct snapshot *snapshot, uint32_t pid);

void snapshot_free(struct snapshot *snapshot);

/* Returns the process with this @pid, or NULL. */
struct task *snapshot_find(const struct snapshot *snapshot, uint32_t pid);

/*
 * Returns all processes by ppid, then by pid, for free(); NULL where memory is
 * short.
 */
const struct task **snapshot_by_parent(const struct snapshot *snapshot);

/*
 * Returns the index in @by_parent, which snapshot_by_parent() returned, where the
 * children of @pid begin.
 */
size_t snapshot_first_child(const struct snapshot *snapshot,
			    const struct task *const *by_parent, uint32_t pid);

/* Whether pid namespace @inum is @above or a descendant of it. */
bool snapshot_ns_below(const struct snapshot *snapshot, uint32_t inum,
		       uint32_t above);

/* Returns the init of pid namespace @inum, or NULL. */
struct task *snapshot_init_of(const struct snapshot *snapshot, uint32_t inum);

#endif
