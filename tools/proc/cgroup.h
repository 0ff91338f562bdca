/* SPDX-License-Identifier: GPL-2.0 */
/*
 * cgroups: what an id and a line of /proc/PID/cgroup stand for, and their
 * files. Hierarchies are found where this process's mount namespace has them.
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
 * Reads the file @name of the cgroup of @line into @text, as a string. Returns
 * its length, or a negative errno: -ENOENT where the hierarchy is not mounted.
 */
ssize_t cgroup_read_file(const struct cgroup_line *line, const char *name,
			 char *text, size_t size);

/*
 * Finds the path, below the root of the v2 hierarchy, of the cgroup with this
 * @id, the inode number of its directory; "/" for the root. Returns false where
 * it is gone or the hierarchy is not mounted.
 */
bool cgroup_path(uint64_t id, char *path, size_t size);

/*
 * Whether container engines use the v1 hierarchies: they use v2 alone where
 * that is mounted on /sys/fs/cgroup, else v1, and v2 has no containers.
 */
bool cgroup_engines_use_v1(void);

#endif
