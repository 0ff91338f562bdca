// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/waits/waits.h"
#include "genl/thread.h"
#include "lib/array.h"

struct wait_edge *waits_add(struct wait_edges *edges, enum wait_kind kind,
			    const struct task *to, const char *detail, ...)
{
	struct wait_edge *edge;
	va_list args;
	int n;

	edge = array_add(&edges->list, &edges->count, sizeof(*edge));
	if (!edge)
		return NULL;
	edge->kind = kind;
	edge->to = to;
	va_start(args, detail);
	n = vasprintf(&edge->detail, detail, args);
	va_end(args);
	if (n < 0)
		edge->detail = NULL;
	return n < 0 ? NULL : edge;
}

int waits_set(char **string, const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		return -ENOMEM;
	free(*string);
	*string = text;
	return 0;
}

void waits_free(struct wait_edges *edges)
{
	size_t i;

	for (i = 0; i < edges->count; i++) {
		free(edges->list[i].what);
		free(edges->list[i].detail);
		free(edges->list[i].remedy);
	}
	free(edges->list);
	*edges = (struct wait_edges){ .count = 0 };
}

const struct blocked *waits_in(const struct waiter *waiter,
			       const char *const *names, size_t count)
{
	const struct blocked *thread = waiter->threads->list;
	const struct blocked *end = thread + waiter->threads->count;
	size_t i;

	for (; thread < end; thread++)
		for (i = 0; i < count; i++)
			if (!strncmp(thread->wchan, names[i], strlen(names[i])))
				return thread;
	return NULL;
}

uint32_t waits_flags(const struct wait_context *context, uint32_t pid,
		     uint32_t tid)
{
	const struct thread *thread;

	if (!context->kernel_threads)
		return 0;
	thread = threads_find(context->kernel_threads, pid, tid ? tid : pid);
	return thread ? thread->flags : 0;
}

bool waits_killed(const struct wait_context *context, const struct task *task)
{
	return task_mask_has(task->pending, SIGKILL) ||
	       waits_flags(context, task->process.pid, 0) &
		       NSORPHAN_TASK_FLAG_KILLED;
}

bool waits_compat(const struct wait_context *context, const struct task *task)
{
	return waits_flags(context, task->process.pid, 0) &
	       NSORPHAN_TASK_FLAG_COMPAT;
}
