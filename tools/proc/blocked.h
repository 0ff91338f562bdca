/* SPDX-License-Identifier: GPL-2.0 */
/* What a process waits in: its system call, and where the kernel put it. */
#ifndef NSORPHAN_WAITS_H
#define NSORPHAN_WAITS_H

#include <stdbool.h>
#include <stdint.h>

struct task;

struct blocked {
	uint32_t	tid;		/* of the thread that was looked at */
	char		syscall[40];	/* its name; empty: in none, or unknown */
	char		wchan[64];	/* function of the kernel; empty: unknown */
	char		what[320];	/* what for, in words; or empty */
	bool		for_child;	/* in wait4 or waitid */
	uint32_t	child;		/* which, in its own namespace; 0: any */
	bool		for_vfork;	/* its child has its memory until it execs */
	bool		for_signal;	/* in sigtimedwait, sigsuspend or pause */
	bool		unread;		/* nothing of this could be read */
};

/* In all of these, @dir is what procfs_open() gave for @task; negative: unread. */

/*
 * Looks at the thread of @task that waits for a child, or else at its leader
 * (where that has ended, at one that has not).
 */
void blocked_read(int dir, const struct task *task, struct blocked *blocked);

/*
 * The signals that every thread of @task blocks: one sent to the process waits
 * for these alone. What task->blocked is, where the threads cannot be read.
 */
uint64_t blocked_signal_mask(int dir, const struct task *task);

/*
 * A thread that lives, of a @task whose leader has ended: its id, or 0, and the
 * letter of its state.
 */
uint32_t blocked_live_thread(int dir, char *letter);

#endif
