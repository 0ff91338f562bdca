/* SPDX-License-Identifier: GPL-2.0 */
/* The threads that live, and what /proc does not show of them. */
#ifndef NSO_TASK_H
#define NSO_TASK_H

#include <linux/types.h>

#include "cgroup-table.h"
#include "process.h"

/**
 * struct nso_task - a thread, which may be a zombie
 * @process: its process
 * @cgroup: its own cgroup
 * @flags: bits of enum nsorphan_task_flag
 * @tid: the thread in the initial pid namespace
 * @leader_state: enum nsorphan_task_state of the leader of the process
 * @state: enum nsorphan_task_state of the thread
 */
struct nso_task {
	struct nso_process process;
	struct nso_cgroup cgroup;
	u32 flags;
	u32 tid;
	u8 leader_state;
	u8 state;
};

/* Tells whether the thread is the leader of its process. */
static inline bool nso_task_is_leader(const struct nso_task *task)
{
	return task->tid == task->process.pid;
}

/**
 * struct nso_task_iter - position in a walk over threads, and which are wanted
 * @nr: tid to go on from
 * @container: key of the only container whose threads are wanted; 0: any
 * @pid: the only process, in the initial pid namespace; 0: any
 * @pidns: inode number of the only pid namespace, with those below it; 0: any
 *
 * With @nr 0 the iterator is at the first thread.
 */
struct nso_task_iter {
	unsigned long nr;
	u64 container;
	u32 pid;
	u32 pidns;
};

/*
 * Fills in the next thread that is wanted, by ascending tid, kernel threads too.
 * Returns false if there is none.
 *
 * The walk takes no lock, and holds no reference between two calls. It finds
 * each thread that lives through the whole walk, once. May sleep.
 */
bool nso_task_iter_next(struct nso_task_iter *iter, struct nso_task *task);

#endif
