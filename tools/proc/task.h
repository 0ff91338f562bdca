/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One process as /proc shows it. Whatever is read of it is read through one
 * descriptor of /proc/PID, which stays that process's: facts of two processes
 * that had the pid one after the other are never mixed.
 */
#ifndef NSORPHAN_TASK_H
#define NSORPHAN_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/process.h"

/* MAX_PID_NS_LEVEL of the kernel, and the initial namespace. */
#define TASK_LEVELS	33

struct task {
	/* start_ns in whole clock ticks; pidns is 0 where it cannot be read */
	struct process process;
	uint64_t start_ticks;
	uint32_t ppid;
	uint32_t tracer;		/* 0: none */
	uint32_t ns_pids[TASK_LEVELS];	/* from the initial namespace down */
	unsigned int levels;
	unsigned int threads;
	char letter;			/* of its state */
	bool kernel;			/* a kernel thread */
	bool exiting;
	bool dumping;			/* its core */
	char *container;		/* id or name, or NULL */

	bool has_signals;		/* the rest could be read */
	uint64_t pending;		/* for the leader, or the whole process */
	uint64_t blocked;		/* by the leader */
	uint64_t ignored;
	uint64_t caught;
};

/* Whether @mask, of the above, has @signal. */
static inline bool task_mask_has(uint64_t mask, uint32_t signal)
{
	return signal >= 1 && signal <= 64 && mask >> (signal - 1) & 1;
}

/*
 * Reads all of @task, which task_clear() frees. Returns 0 or a negative errno.
 */
int task_read(uint32_t pid, struct task *task);
void task_clear(struct task *task);

/* The number in a line "@key:\tNUMBER" of @status; false where there is none. */
bool task_status_number(const char *status, const char *key, int base,
			uint64_t *number);

/* The state of enum nsorphan_task_state that has this letter in /proc. */
uint32_t task_state(char letter);

#endif
