/* SPDX-License-Identifier: GPL-2.0 */
/* What a process is blocked in: its system call, and where in the kernel. */
#ifndef NSORPHAN_BLOCKED_H
#define NSORPHAN_BLOCKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct task;

/* Number of arguments of a system call that are read. */
#define BLOCKED_ARGS	3

/* Size of the name of a kernel function, its NUL included. */
#define BLOCKED_WCHAN_SIZE	64

/* Maximum number of threads of a process that are read. */
#define BLOCKED_THREADS_MAX	256

/* A thread, and what it is blocked in. */
struct blocked {
	uint32_t	tid;
	char		letter;		/* of its state, as in /proc; 0: unknown */
	char		syscall[40];	/* its name; empty: none, or unknown */
	unsigned long	args[BLOCKED_ARGS];	/* of it */
	char		wchan[BLOCKED_WCHAN_SIZE];	/* kernel function; empty: unknown */
	char		what[320];	/* what it waits for; may be empty */
	int		fd;		/* descriptor that it waits on; -1: none */
	bool		for_child;	/* in wait4 or waitid */
	uint32_t	child;		/* which: ns_pid; 0: any */
	bool		for_vfork;	/* for its vfork child to exec or end */
	bool		for_signal;	/* in sigtimedwait, sigsuspend, pause */
	bool		unread;		/* neither syscall nor wchan */
};

/* The threads of a process, the leader first; zeroed: none. */
struct blocked_threads {
	struct blocked	*list;
	size_t		count;
};

/*
 * @dir is of procfs_open() for @task in all of these; a negative one reads
 * nothing. They open no file of the process itself, but may wait for a process
 * that is in the middle of execve: see procfs.h.
 */

/*
 * Reads what up to BLOCKED_THREADS_MAX threads of @task are blocked in, which
 * blocked_free() frees. @compat tells whether its system calls are 32-bit ones.
 * Returns 0 or -ENOMEM; threads that end meanwhile are missing.
 */
int blocked_read(int dir, const struct task *task, bool compat,
		 struct blocked_threads *threads);
void blocked_free(struct blocked_threads *threads);

/*
 * Returns the thread that tells most of what @task waits for: one in disk sleep
 * where the leader is not, one that waits for a child, or else the leader; where
 * that has ended, one that has not. NULL where there is none.
 */
const struct blocked *blocked_main(const struct blocked_threads *threads,
				   const struct task *task);

/*
 * Reads in which kernel function thread @path of @dir ("": the leader, "task/TID/")
 * sleeps; an empty string: in none, or it cannot be read.
 */
void blocked_function(int dir, const char *path,
		      char wchan[BLOCKED_WCHAN_SIZE]);

/*
 * Whether @init is in zap_pid_ns_processes(): it sleeps until all processes of its
 * namespace are reaped. Before it gets there, its exit may hang.
 */
bool blocked_in_teardown(const struct task *init);

/* Whether @thread may sleep where the freezer of a cgroup holds it. */
bool blocked_may_be_frozen(const struct blocked *thread);

/*
 * Returns the signals that all threads of @task block, so that one of these for
 * the process stays pending; task->blocked where threads cannot be read.
 */
uint64_t blocked_signal_mask(int dir, const struct task *task);

#endif
