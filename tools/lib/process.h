/* SPDX-License-Identifier: GPL-2.0 */
/* A process, as the module or /proc identifies it. */
#ifndef NSORPHAN_PROCESS_H
#define NSORPHAN_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "nsorphan.h"

/* Size of a name, its NUL included: TASK_COMM_LEN of the kernel. */
#define COMM_MAX	16

/*
 * A process. Bit N of @has is set where attribute number N
 * (NSORPHAN_A_PROCESS_*) is present; a @has of 0 stands for no process. @comm
 * holds any bytes but NUL, and is NUL-terminated.
 */
struct process {
	uint32_t	has;
	uint32_t	pid;		/* in the initial pid namespace */
	uint32_t	ns_pid;		/* in its own pid namespace */
	uint32_t	pidns;		/* inode number of its pid namespace */
	char		comm[COMM_MAX];
	uint64_t	start_ns;	/* since boot */
	uint32_t	uid;
	uint32_t	state;		/* enum nsorphan_task_state */
	uint32_t	tid;		/* of the thread that matters */
	uint32_t	exit_code;
	uint32_t	exit_signal;
	uint32_t	thread_state;	/* of tid: enum nsorphan_task_state */
};

/* Whether @process has attribute @attr, NSORPHAN_A_PROCESS_*. */
static inline bool process_has(const struct process *process, unsigned int attr)
{
	return process->has & 1U << attr;
}

/* Returns the start of @process in clock ticks, as in /proc/PID/stat. */
uint64_t process_start_ticks(const struct process *process);

/*
 * Whether @a and @b are the same process: pids are reused, pid plus start time
 * identifies a process. Starts are compared in clock ticks, as /proc has none
 * finer.
 */
bool process_same(const struct process *a, const struct process *b);

#endif
