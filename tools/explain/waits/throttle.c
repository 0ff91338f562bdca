// SPDX-License-Identifier: GPL-2.0
/*
 * Which limit of its cgroup, or of one above it, holds a process that would run:
 * cpu.max, or cpu.cfs_quota_us of v1, which holds one that is killed, too;
 * memory.high, where mem_cgroup_handle_over_high() sleeps, up to two seconds for
 * each time that memory is charged; and memory.oom_control of v1, whose OOM killer
 * is off. SIGKILL ends the last two.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/waits/waits.h"
#include "lib/poll.h"
#include "lib/shell-word.h"
#include "proc/cgroup.h"

/* How often cpu.stat is read, in ms; a period of the limit is at most a second. */
#define LOOK_MS		100
#define LOOKS		12

/* A limit, and the cgroup that has it. */
struct limit {
	const char	*file;		/* that has it */
	char		*path;		/* of that file; NULL: no limit is found */
	char		*cgroup;
	uint64_t	throttled;	/* number of periods, of cpu.max */
};

static void clear(struct limit *limit)
{
	free(limit->path);
	free(limit->cgroup);
	limit->path = NULL;
	limit->cgroup = NULL;
}

/* Takes the cgroup of @line as the one that has the limit. */
static int take(const struct cgroup_line *line, struct limit *limit)
{
	clear(limit);
	limit->path = cgroup_file(line, limit->file);
	limit->cgroup = strndup(line->path, line->path_len);
	return limit->path && limit->cgroup;
}

/* Reads the number behind @key in the file @name; returns false without one. */
static bool read_number(const struct cgroup_line *line, const char *name,
			const char *key, uint64_t *number)
{
	char text[4096];
	const char *at;

	if (cgroup_read_file(line, name, text, sizeof(text)) <= 0)
		return false;
	at = strstr(text, key);
	return at && sscanf(at + strlen(key), "%lu", number) == 1;
}

/* Whether the file @name has a number, and what it is. "max" is none. */
static bool read_limit(const struct cgroup_line *line, const char *name,
		       uint64_t *number)
{
	long value;
	char text[64];

	if (cgroup_read_file(line, name, text, sizeof(text)) <= 0 ||
	    sscanf(text, "%ld", &value) != 1 || value < 0)
		return false;
	*number = (uint64_t)value;
	return true;
}

/* A cgroup that uses more memory than its memory.high. */
static int find_high(const struct cgroup_line *line, void *context)
{
	struct limit *limit = context;
	uint64_t high, current;

	/* What it frees under the limit it may have charged again by now. */
	if (!cgroup_line_is_v2(line) || !read_limit(line, limit->file, &high) ||
	    !read_limit(line, "memory.current", &current) ||
	    current < high - high / 8)
		return 0;
	return take(line, limit);
}

static int find_oom_control(const struct cgroup_line *line, void *context)
{
	struct limit *limit = context;
	uint64_t under_oom;

	if (cgroup_line_is_v2(line) ||
	    !read_number(line, limit->file, "under_oom ", &under_oom) ||
	    !under_oom || !take(line, limit))
		return 0;
	/* The OOM killer would end a process; more memory ends none. */
	free(limit->path);
	limit->path = cgroup_file(line, "memory.limit_in_bytes");
	return limit->path ? 1 : 0;
}

/* A cgroup with a limit of processor time that has just been reached. */
static int find_cpu_max(const struct cgroup_line *line, void *context)
{
	struct limit *limit = context;
	uint64_t quota, throttled;

	limit->file = cgroup_line_is_v2(line) ? "cpu.max" : "cpu.cfs_quota_us";
	if (!read_limit(line, limit->file, &quota) ||
	    !read_number(line, "cpu.stat", "nr_throttled ", &throttled))
		return 0;
	if (throttled == limit->throttled || !limit->path) {
		limit->throttled = throttled;
		/* To be looked at again. */
		return take(line, limit);
	}
	return take(line, limit) ? 2 : 0;
}

static int add(const struct limit *limit, const char *value, const char *detail,
	       struct wait_edges *edges)
{
	struct wait_edge *edge;
	char *path;
	int error;

	edge = waits_add(edges, WAIT_THROTTLE, NULL, "%s", detail);
	path = shell_word(limit->path);
	error = edge && path ?
			waits_set(&edge->what, "%s of %s", limit->file,
				  limit->cgroup) : -ENOMEM;
	if (!error)
		error = waits_set(&edge->remedy, "echo %s >%s", value, path);
	free(path);
	return error;
}

/* Looks until more periods were throttled; false where that does not happen. */
static bool await_throttled(const struct waiter *waiter, struct limit *limit)
{
	int looks;

	for (looks = 0; looks < LOOKS; looks++) {
		if (poll_wait(NULL, 0, LOOK_MS) < 0)
			return false;
		if (cgroup_walk_up(waiter->dir, "cpu", find_cpu_max,
				   limit) == 2)
			return true;
	}
	return false;
}

/* Whether the limit holds @waiter: it is asked for each cgroup once. */
static bool is_throttled(struct wait_context *context,
			 const struct waiter *waiter, struct limit *limit)
{
	if (cgroup_walk_up(waiter->dir, "cpu", find_cpu_max, limit) != 1)
		return false;
	if (context->cpu_file && !strcmp(context->cpu_file, limit->path))
		return context->cpu_throttled;
	free(context->cpu_file);
	context->cpu_file = strdup(limit->path);
	context->cpu_throttled = await_throttled(waiter, limit);
	return context->cpu_throttled;
}

static int find_cpu(struct wait_context *context, const struct waiter *waiter,
		    struct wait_edges *edges)
{
	struct limit limit = { .path = NULL };
	int error = 0;

	if (is_throttled(context, waiter, &limit))
		error = add(&limit, strcmp(limit.file, "cpu.max") ? "-1" : "max",
			    "it would run, and nr_throttled in cpu.stat grows",
			    edges);
	clear(&limit);
	return error;
}

static int find_memory(const struct waiter *waiter, const char *file,
		       int (*call)(const struct cgroup_line *, void *),
		       const char *value, struct wait_edges *edges)
{
	struct limit limit = { .file = file };
	int error = 0;

	if (cgroup_walk_up(waiter->dir, "memory", call, &limit) == 1)
		error = add(&limit, value, waiter->thread->wchan, edges);
	clear(&limit);
	return error;
}

int wait_throttle(struct wait_context *context, const struct waiter *waiter,
		  struct wait_edges *edges)
{
	/* The second on 7.3, where the first is an inline function that calls it. */
	static const char *const high[] = {
		"mem_cgroup_handle_over_high", "__mem_cgroup_handle_over_high",
	};
	static const char *const oom[] = { "mem_cgroup_oom", "mem_cgroup_out_of" };

	if (!waiter->thread || task_is_zombie(waiter->task))
		return 0;
	if (!waiter->killed && waits_in(waiter, high, ARRAY_SIZE(high)))
		return find_memory(waiter, "memory.high", find_high, "max",
				   edges);
	if (!waiter->killed && waits_in(waiter, oom, ARRAY_SIZE(oom)))
		return find_memory(waiter, "memory.oom_control",
				   find_oom_control, "-1", edges);
	if (waiter->thread->letter == 'R' &&
	    (waiter->killed || waiter->asked_ns))
		return find_cpu(context, waiter, edges);
	return 0;
}
