/* SPDX-License-Identifier: GPL-2.0 */
/* All processes, as /proc shows them in one look, and their pid namespaces. */
#ifndef NSORPHAN_TASKS_H
#define NSORPHAN_TASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proc/task.h"

/* A pid namespace and the one that it was made in (0: unknown, or none). */
struct pidns {
	uint32_t inum;
	uint32_t parent;
};

struct snapshot {
	struct task *list;	/* in order of pid */
	size_t count;
	struct pidns *pidns;
	size_t nr_pidns;
};

/* Those that come or go meanwhile may lack. Returns 0 or a negative errno. */
int snapshot_read(struct snapshot *snapshot);

/* @pid alone, if there is such a process. Returns 0 or a negative errno. */
int snapshot_read_one(struct snapshot *snapshot, uint32_t pid);
void snapshot_free(struct snapshot *snapshot);

/* The one with this pid, or NULL. */
struct task *snapshot_find(const struct snapshot *snapshot, uint32_t pid);

/* Whether pid namespace @inum is @above, or somewhere below it. */
bool snapshot_ns_below(const struct snapshot *snapshot, uint32_t inum, uint32_t above);

/* The init of pid namespace @inum, or NULL. */
struct task *snapshot_init_of(const struct snapshot *snapshot, uint32_t inum);

#endif
