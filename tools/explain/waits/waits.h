/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kinds of wait. Each is a file in this folder with one function, which finds
 * for whom a process waits in that way, and from what that can be read. A wait
 * is an edge of the wait-for graph: see explain/wait-graph.h.
 */
#ifndef NSORPHAN_WAITS_H
#define NSORPHAN_WAITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/util.h"
#include "proc/blocked.h"
#include "proc/task.h"

struct client;
struct descriptors;
struct history;
struct snapshot;
struct threads;

/* In the order in which they are looked for: the first that is found counts. */
enum wait_kind {
	WAIT_TRACER,
	WAIT_REAPER,
	WAIT_ENGINE,
	WAIT_THREAD,
	WAIT_CORE,
	WAIT_FREEZER,
	WAIT_THROTTLE,
	WAIT_FUSE,
	WAIT_FILESYSTEM,
	WAIT_START,
	WAIT_SECCOMP,
	WAIT_LOCK,
	WAIT_CHILD,
	WAIT_PIPE,
	WAIT_FIFO,
	WAIT_SOCKET,
	WAIT_KINDS,
};

/* The word in JSON: "child". */
const char *wait_kind_name(enum wait_kind kind);

/*
 * What the waits of one look at the machine are read from. What is costly to read
 * is read when the first wait needs it.
 */
struct wait_context {
	const struct snapshot *snapshot;
	const struct history *history;
	const struct threads *kernel_threads; /* of the module; NULL: none */
	struct client	*client;	/* of the module; NULL: none */
	struct descriptors *descriptors; /* see waits_descriptors() */
	const struct task *main;	/* of the container, or init; or NULL */
	char		*cpu_file;	/* limit of processor time looked at last */
	bool		cpu_throttled;	/* whether it is reached */
};

/* A process, or a thread of it, whose waits are looked for. */
struct waiter {
	const struct task *task;
	uint32_t	tid;		/* of the thread alone; 0: the process */
	int		dir;		/* of procfs_open(); negative: gone */
	const struct blocked_threads *threads;	/* of it that live, or that one */
	const struct blocked *thread;	/* blocked_main() of these; or NULL */
	bool		killed;		/* SIGKILL was delivered to it */
	/*
	 * Only what a signal does not end is a wait: it is killed, or it is to
	 * reap, and asked for nothing else.
	 */
	bool		only_hard;
	uint64_t	asked_ns;	/* when main was asked to end; 0: it was not */
};

/* For whom a process waits. The strings are for free(). */
struct wait_edge {
	enum wait_kind	kind;
	const struct task *to;		/* NULL: the thing @what */
	uint32_t	tid;		/* of the thread of @to that counts; 0: any */
	char		*what;		/* "pipe 4711", which lies between; or NULL */
	char		*detail;	/* what it was read from */
	char		*remedy;	/* command by which the wait ends; or NULL */
};

struct wait_edges {
	struct wait_edge *list;
	size_t		count;
	/* Any of them may end the wait, and they cannot be told apart. */
	bool		candidates;
};

/*
 * Appends an edge with @detail, as printf() formats it. Returns it, or NULL when
 * memory is short.
 */
__printf(4, 5)
struct wait_edge *waits_add(struct wait_edges *edges, enum wait_kind kind,
			    const struct task *to, const char *detail, ...);

/* Sets @string, which is freed, as printf() formats it. Returns 0 or -ENOMEM. */
__printf(2, 3)
int waits_set(char **string, const char *format, ...);

void waits_free(struct wait_edges *edges);

/*
 * Finds the waits of @waiter, all of one kind. Returns 0 or -ENOMEM; what cannot
 * be read is no wait. waits_free() frees @edges, after a failure, too.
 */
int waits_find(struct wait_context *context, const struct waiter *waiter,
	       struct wait_edges *edges);

/*
 * Returns a thread of @waiter that sleeps in a kernel function whose name begins
 * with one of the @count @names, or NULL.
 */
const struct blocked *waits_in(const struct waiter *waiter,
			       const char *const *names, size_t count);

/* What the module says of a thread: bits of enum nsorphan_task_flag, or 0. */
uint32_t waits_flags(const struct wait_context *context, uint32_t pid,
		     uint32_t tid);

/* Whether SIGKILL was delivered to @task, as far as it is known. */
bool waits_killed(const struct wait_context *context, const struct task *task);

/* Whether the system calls of @task are 32-bit ones, as far as it is known. */
bool waits_compat(const struct wait_context *context, const struct task *task);

/*
 * Returns the open descriptors of all processes, see proc/descriptors.h, which
 * are read the first time; or NULL when memory is short.
 */
const struct descriptors *waits_descriptors(struct wait_context *context);

/* Frees what was read for @context. */
void wait_context_free(struct wait_context *context);

/* The functions of the kinds, each as waits_find(), for find.c alone. */
typedef int wait_find(struct wait_context *context,
		      const struct waiter *waiter, struct wait_edges *edges);

wait_find wait_tracer, wait_reaper, wait_engine, wait_thread, wait_core,
	wait_freezer, wait_throttle, wait_fuse, wait_filesystem, wait_start,
	wait_seccomp, wait_lock, wait_child, wait_pipe, wait_fifo, wait_socket;

#endif
