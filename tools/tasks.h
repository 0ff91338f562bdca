/* SPDX-License-Identifier: GPL-2.0 */
/* All processes, as /proc shows them in one look, and their pid namespaces. */
#ifndef NSORPHAN_TASKS_H
#define NSORPHAN_TASKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "task.h"

/* A pid namespace and the one that it was made in (0: unknown, or none). */
struct pidns {
	uint32_t inum;
	uint32_t parent;
};

struct tasks {
	struct task *list;	/* in order of pid */
	size_t count;
	struct pidns *pidns;
	size_t nr_pidns;
};

/* Those that come or go meanwhile may lack. Returns 0 or a negative errno. */
int tasks_read(struct tasks *tasks);

/* @pid alone, if there is such a process. Returns 0 or a negative errno. */
int tasks_read_one(struct tasks *tasks, uint32_t pid);
void tasks_free(struct tasks *tasks);

/* The one with this pid, or NULL. */
struct task *tasks_find(const struct tasks *tasks, uint32_t pid);

/* Whether pid namespace @inum is @above, or somewhere below it. */
bool tasks_ns_below(const struct tasks *tasks, uint32_t inum, uint32_t above);

/* The init of pid namespace @inum, or NULL. */
struct task *tasks_init_of(const struct tasks *tasks, uint32_t inum);

#endif
