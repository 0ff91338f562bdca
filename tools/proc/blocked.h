/* SPDX-License-Identifier: GPL-2.0 */
/* What a process is blocked in: its system call, and where in the kernel. */
#ifndef NSORPHAN_BLOCKED_H
#define NSORPHAN_BLOCKED_H

#include <stdbool.h>
#include <stdint.h>

struct task;

struct blocked {
	uint32_t	tid;		/* of the thread that was read */
	char		syscall[40];	/* its name; empty: none, or unknown */
	char		wchan[64];	/* kernel function; empty: unknown */
	char		what[320];	/* what it waits for; may be empty */
	bool		for_child;	/* in wait4 or waitid */
	uint32_t	child;		/* which: ns_pid; 0: any */
	bool		for_vfork;	/* for its vfork child to exec or end */
	bool		for_signal;	/* in sigtimedwait, sigsuspend, pause */
	bool		unread;		/* neither syscall nor wchan */
};

/*
 * @dir is of procfs_open() for @task in all of these; a negative one reads
 * nothing. They open no file of the process itself, but may wait for a process
 * that is in the middle of execve: see procfs.h.
 */

/*
 * Reads what @task is blocked in: the thread that waits for a child, or else
 * the leader (where that has ended, a thread that has not).
 */
void blocked_read(int dir, const struct task *task, struct blocked *blocked);

/*
 * Returns the signals that all threads of @task block, so that one of these for
 * the process stays pending; task->blocked where threads cannot be read.
 */
uint64_t blocked_signal_mask(int dir, const struct task *task);

/*
 * Returns the tid of a thread that lives, of a task whose leader has ended, and
 * sets *@letter to its state, as in /proc; 0 where there is none.
 */
uint32_t blocked_live_thread(int dir, char *letter);

#endif
