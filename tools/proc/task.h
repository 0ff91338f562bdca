/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A process as /proc shows it. All of it is read through one descriptor of
 * /proc/PID, so that facts of two processes that had the pid one after the
 * other are never mixed.
 */
#ifndef NSORPHAN_TASK_H
#define NSORPHAN_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/process.h"

/*
 * Maximum number of nested pid namespaces: MAX_PID_NS_LEVEL and the initial
 * one.
 */
#define TASK_LEVELS	33

/* A process. Sets of signals have signal N at bit N - 1, as /proc has them. */
struct task {
	struct process process;		/* pidns is 0 where it cannot be read */
	uint64_t start_ticks;		/* clock ticks since boot */
	uint32_t ppid;
	uint32_t tracer;		/* pid; 0: none */
	uint32_t ns_pids[TASK_LEVELS];	/* from the initial namespace down */
	unsigned int levels;		/* number of ns_pids */
	unsigned int threads;
	char letter;			/* of its state, as in /proc */
	bool kernel;			/* a kernel thread */
	bool worker;			/* of a workqueue */
	bool exiting;			/* PF_EXITING */
	bool dumping;			/* core */
	char *container;		/* id; NULL: none known */
	uint32_t container_user;	/* see container_user() */

	bool has_signals;		/* the sets below could be read */
	uint64_t pending;		/* for the leader or the process */
	uint64_t blocked;		/* by the leader */
	uint64_t ignored;
	uint64_t caught;
};

/* Whether @mask, a set of signals, has @signal. */
static inline bool task_mask_has(uint64_t mask, uint32_t signal)
{
	return signal >= 1 && signal <= 64 && mask >> (signal - 1) & 1;
}

/*
 * Whether nothing of a process is left but its exit status: a zombie. A leader
 * that has ended before its other threads is none.
 */
static inline bool task_is_zombie(const struct task *task)
{
	return task->letter == 'X' ||
	       (task->letter == 'Z' && task->threads <= 1);
}

/* Whether @task is the init of a pid namespace below the initial one. */
static inline bool task_is_init(const struct task *task)
{
	return task->levels > 1 && task->process.ns_pid == 1;
}

/*
 * Reads process @pid into @task, which is for task_clear(), after a failure,
 * too. Returns 0 or a negative errno: -ESRCH where there is no such process.
 */
int task_read(uint32_t pid, struct task *task);
void task_clear(struct task *task);

/*
 * Reads the number, in @base, of the line "@key:" of @status, the text of a
 * status file. Returns false where there is none.
 */
bool task_status_number(const char *status, const char *key, int base,
			uint64_t *number);

/* Returns the enum nsorphan_task_state that has @letter in /proc. */
uint32_t task_state(char letter);

#endif
