/* SPDX-License-Identifier: GPL-2.0 */
/* A process, as the module or /proc identifies it. */
#ifndef NSORPHAN_PROCESS_H
#define NSORPHAN_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "nsorphan.h"

#define COMM_MAX	16

/*
 * One process. @has holds, as bits, the numbers of the attributes that were
 * there (NSORPHAN_A_PROCESS_*): 0 for a process that is not in the event. A
 * name has any bytes but NUL, and ends with one.
 */
struct process {
	uint32_t	has;
	uint32_t	pid;		/* in the initial pid namespace */
	uint32_t	ns_pid;		/* in its own */
	uint32_t	pidns;		/* inode number of that */
	char		comm[COMM_MAX];
	uint64_t	start_ns;	/* since boot */
	uint32_t	uid;
	uint32_t	state;		/* enum nsorphan_task_state */
	uint32_t	tid;
	uint32_t	exit_code;
	uint32_t	exit_signal;
	uint32_t	thread_state;	/* of the thread tid */
};

static inline bool process_has(const struct process *process, unsigned int attr)
{
	return process->has & 1U << attr;
}

#endif
