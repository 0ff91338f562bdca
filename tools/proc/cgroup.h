/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cgroups: what a line of /proc/PID/cgroup stands for, and the files of a
 * cgroup. Hierarchies are found where this process's mount namespace has them.
 */
#ifndef NSORPHAN_CGROUP_H
#define NSORPHAN_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
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
 * Reads the file @name of the cgroup of @line into @text, as a string. Returns
 * its length, or a negative errno: -ENOENT where the hierarchy is not mounted.
 */
ssize_t cgroup_read_file(const struct cgroup_line *line, const char *name,
			 char *text, size_t size);

#endif
