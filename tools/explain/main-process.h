/* SPDX-License-Identifier: GPL-2.0 */
/* The main process of a container, as module/README.md defines it. */
#ifndef NSORPHAN_MAIN_PROCESS_H
#define NSORPHAN_MAIN_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "genl/life.h"
#include "proc/task.h"

struct snapshot;

struct main_process {
	const struct life *life;	/* of the ledger; NULL: not in it */
	uint32_t	pid;		/* 0: unknown */
	uint64_t	start_ticks;
	uint32_t	pidns;		/* inode number; 0: unknown */
};

/* Whether both are in one container. */
bool task_in_container_of(const struct task *a, const struct task *b);

/* Whether @task is in container @id of @user. */
bool task_in_container(const struct task *task, const char *id, uint32_t user);

/*
 * Finds main of the container of @member. Of the container's @lives (NULL: the
 * ledger is not known) it is that of the newest one whose main lives, else of
 * the newest one. Without a life, and where that of an engine's process has
 * ended, it is the init in @snapshot of the container's own pid namespace. Where
 * it has none, without a life, it is the oldest process with a parent outside.
 */
void main_process_find(const struct task *member,
		       const struct snapshot *snapshot,
		       const struct lives *lives, struct main_process *main);

#endif
