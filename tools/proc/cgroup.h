/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cgroups: what a line of /proc/PID/cgroup stands for, and the files of a
 * cgroup. Hierarchies are found where this process's mount namespace has them.
 */
#ifndef NSORPHAN_CGROUP_H
#define NSORPHAN_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * A line of /proc/PID/cgroup, NUMBER:CONTROLLERS:PATH. Its strings are not
 * NUL-terminated.
 */
struct cgroup_line {
	const char	*controllers;	/* separated by commas */
	size_t		controllers_len;	/* 0: the v2 hierarchy */
	const char	*path;		/* of the cgroup, in its hierarchy */
	size_t		path_len;
};

/*
 * Splits the first valid line of @text into @line. Returns the text behind that
 * line, or NULL where there is none.
 */
const char *cgroup_next_line(const char *text, struct cgroup_line *line);

/* Whether @line is of the v1 hierarchy that has @controller. */
bool cgroup_line_has(const struct cgroup_line *line, const char *controller);

/*
 * Calls @call for the cgroups that the process of @dir, of procfs_open(), is in,
 * in the v2 hierarchy and in the v1 one of @controller, and for all that these
 * lie in, the root left out, from below; until it returns something else than
 * 0. Returns that, or 0.
 */
int cgroup_walk_up(int dir, const char *controller,
		   int (*call)(const struct cgroup_line *line, void *context),
		   void *context);

/*
 * Reads how many processes and threads the cgroup of the process of @dir, of
 * procfs_open(), has, and may have: that with the limit, where it is one above.
 * Both are 0 where there is no limit, or it cannot be read.
 */
void cgroup_pids(int dir, uint64_t *current, uint64_t *max);

/* Whether @line is of the v2 hierarchy. */
static inline bool cgroup_line_is_v2(const struct cgroup_line *line)
{
	return !line->controllers_len;
}

/*
 * Returns the path of the file @name of the cgroup of @line, for free(); NULL
 * where the hierarchy is not mounted.
 */
char *cgroup_file(const struct cgroup_line *line, const char *name);

/*
 * Reads the file @name of the cgroup of @line into @text, as a string. Returns
 * its length, or a negative errno: -ENOENT where the hierarchy is not mounted.
 */
ssize_t cgroup_read_file(const struct cgroup_line *line, const char *name,
			 char *text, size_t size);

/*
 * Returns the name of the file that has the memory limit of a cgroup on this
 * host: "memory.max", or with cgroup v1 "memory.limit_in_bytes".
 */
const char *cgroup_memory_limit_file(void);

#endif
