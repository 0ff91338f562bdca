// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "explain/waits/waits.h"
#include "lib/process-name.h"
#include "proc/procfs.h"
#include "proc/snapshot.h"
#include "proc/task.h"

#define CORE_PATTERN	"/proc/sys/kernel/core_pattern"

/* CORENAME_MAX_SIZE of the kernel's fs/coredump.c. */
#define PATTERN_SIZE	129

/* Reads the pattern without its newline; empty where it cannot be read. */
static void read_pattern(char pattern[PATTERN_SIZE])
{
	procfs_read_file(AT_FDCWD, CORE_PATTERN, pattern, PATTERN_SIZE);
	pattern[strcspn(pattern, "\n")] = '\0';
}

/*
 * Writes the name that a process has which the kernel has started for @pattern,
 * "|/PATH/PROGRAM ARGUMENT...", to @comm.
 */
static void handler_name(const char *pattern, char comm[COMM_MAX])
{
	const char *path = pattern + 1, *name = path, *p;
	size_t len = strcspn(path, " ");

	for (p = path; p < path + len; p++)
		if (*p == '/')
			name = p + 1;
	len -= (size_t)(name - path);
	if (len >= COMM_MAX)
		len = COMM_MAX - 1;
	memcpy(comm, name, len);
	comm[len] = '\0';
}

/*
 * Whether @task may be a handler of the name @comm. Before its execve() it has the
 * name of the worker that forked it, and in 5.10 it is a kernel thread then.
 */
static bool may_be_called(const struct task *task, const char *comm)
{
	const char *name = task->process.comm;

	if (!strncmp(name, "kworker", strlen("kworker")))
		return !task->worker;
	return !task->kernel && !strcmp(name, comm);
}

/* Whether @task may have been started by the kernel to take that core dump. */
static bool is_handler(const struct snapshot *snapshot, const struct task *task,
		       const struct waiter *waiter, const char *comm)
{
	const struct task *parent = snapshot_find(snapshot, task->ppid);

	return !task_is_zombie(task) && parent && parent->kernel &&
	       may_be_called(task, comm) &&
	       task->start_ticks >= waiter->task->start_ticks;
}

/* Adds edges to all that may have the core dump. */
static int add_handlers(const struct snapshot *snapshot,
			const struct waiter *waiter, const char *pattern,
			struct wait_edges *edges)
{
	char comm[COMM_MAX], name[PROCESS_NAME_SIZE];
	const struct task *task;
	struct wait_edge *edge;
	size_t i;

	handler_name(pattern, comm);
	for (i = 0; i < snapshot->count; i++) {
		task = &snapshot->list[i];
		if (!is_handler(snapshot, task, waiter, comm))
			continue;
		edge = waits_add(edges, WAIT_CORE, task,
				 "core dump to %s, by core_pattern %s",
				 process_name(&task->process, name), pattern);
		if (!edge || waits_set(&edge->what, "the core dump"))
			return -ENOMEM;
	}
	edges->candidates = edges->count > 1;
	return 0;
}

/* Adds an edge to @what, which is no process. */
static int add_thing(const char *what, const char *pattern,
		     struct wait_edges *edges)
{
	struct wait_edge *edge;

	edge = waits_add(edges, WAIT_CORE, NULL,
			 "core dump, by core_pattern %s", pattern);
	return edge ? waits_set(&edge->what, "%s", what) : -ENOMEM;
}

static bool is_to_file(const char *pattern)
{
	/* '@' is a socket, from Linux 6.16 on. */
	return pattern[0] && !strchr("|@", pattern[0]);
}

int wait_core(struct wait_context *context, const struct waiter *waiter,
	      struct wait_edges *edges)
{
	char pattern[PATTERN_SIZE];
	int error = 0;

	if (!waiter->task->dumping)
		return 0;
	read_pattern(pattern);
	/* Of a dump to a file, the file system is to blame. */
	if (is_to_file(pattern) && waiter->thread &&
	    waiter->thread->letter == 'D')
		return 0;
	if (pattern[0] == '|')
		error = add_handlers(context->snapshot, waiter, pattern, edges);
	if (error || edges->count)
		return error;
	return add_thing(is_to_file(pattern) ?
				 "the file system of the core dump" :
				 "the core dump",
			 pattern, edges);
}
