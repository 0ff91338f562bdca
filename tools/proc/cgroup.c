// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "proc/cgroup.h"
#include "proc/procfs.h"

/* A mounted hierarchy. */
struct hierarchy {
	char *controllers;	/* and other mount options; "": v2 */
	char *mount;		/* where its root is mounted */
};

static struct hierarchy *hierarchies;
static size_t nr_hierarchies;

/* Undoes the escapes of mangle_path() in the kernel: \040 is a blank. */
static void unescape(char *path)
{
	char *to = path;
	unsigned int c;

	for (; *path; path++, to++) {
		*to = *path;
		if (*path == '\\' && sscanf(path + 1, "%3o", &c) == 1) {
			*to = (char)c;
			path += 3;
		}
	}
	*to = '\0';
}

/*
 * Adds the mount that @line of mountinfo describes, if it is the root of a
 * cgroup hierarchy, and overwrites @line. The source may be empty:
 * ID PARENT MAJOR:MINOR ROOT MOUNT OPTIONS [FIELD]... - TYPE SOURCE OPTIONS
 */
static void add_mount(char *line)
{
	char *root, *mount, *type, *options, *end = strstr(line, " - ");
	struct hierarchy *hierarchy;
	int i;

	if (!end)
		return;
	options = strrchr(end, ' ') + 1;
	end += strlen(" - ");
	type = strsep(&end, " ");
	for (i = 0; i < 3; i++)
		strsep(&line, " ");
	root = strsep(&line, " ");
	mount = strsep(&line, " ");
	if (!mount || strcmp(root, "/") || strncmp(type, "cgroup", 6))
		return;

	unescape(mount);
	if (!strcmp(type, "cgroup2"))
		options = "";
	hierarchy = array_add(&hierarchies, &nr_hierarchies,
			      sizeof(*hierarchy));
	if (!hierarchy)
		return;
	hierarchy->controllers = strdup(options);
	hierarchy->mount = strdup(mount);
	if (!hierarchy->controllers || !hierarchy->mount) {
		free(hierarchy->controllers);
		free(hierarchy->mount);
		nr_hierarchies--;
	}
}

/* Reads the mounts, the first time that it is called. */
static void read_mounts(void)
{
	char *mountinfo, *line, *rest;
	static bool done;

	if (done)
		return;
	done = true;
	mountinfo = procfs_read_whole_file(AT_FDCWD, "/proc/self/mountinfo");
	rest = mountinfo;
	while ((line = strsep(&rest, "\n")))
		add_mount(line);
	free(mountinfo);
}

/* Whether @word is in the list @words, separated by commas, of @len bytes. */
static bool is_listed(const char *words, size_t len, const char *word,
		      size_t word_len)
{
	const char *end = words + len, *comma;

	for (; words < end; words = comma + 1) {
		comma = memchr(words, ',', (size_t)(end - words));
		if (!comma)
			comma = end;
		if ((size_t)(comma - words) == word_len &&
		    !memcmp(words, word, word_len))
			return true;
	}
	return false;
}

/*
 * Returns where the hierarchy is mounted that has @controller, of @len bytes
 * (0: the v2 hierarchy), or NULL.
 */
static const char *find_mount(const char *controller, size_t len)
{
	const char *controllers;
	size_t i;

	read_mounts();
	for (i = 0; i < nr_hierarchies; i++) {
		controllers = hierarchies[i].controllers;
		if (len ? is_listed(controllers, strlen(controllers),
				    controller, len) : !*controllers)
			return hierarchies[i].mount;
	}
	return NULL;
}

const char *cgroup_next_line(const char *text, struct cgroup_line *line)
{
	const char *end, *first, *second;

	for (; *text; text = *end ? end + 1 : end) {
		end = text + strcspn(text, "\n");
		/* The path may have colons, too. */
		first = memchr(text, ':', (size_t)(end - text));
		if (!first)
			continue;
		second = memchr(first + 1, ':', (size_t)(end - first) - 1);
		if (!second)
			continue;
		line->controllers = first + 1;
		line->controllers_len = (size_t)(second - first) - 1;
		line->path = second + 1;
		line->path_len = (size_t)(end - second) - 1;
		return *end ? end + 1 : end;
	}
	return NULL;
}

bool cgroup_line_has(const struct cgroup_line *line, const char *controller)
{
	return is_listed(line->controllers, line->controllers_len, controller,
			 strlen(controller));
}

ssize_t cgroup_read_file(const struct cgroup_line *line, const char *name,
			 char *text, size_t size)
{
	char path[PATH_MAX];
	const char *mount;
	size_t len;
	int n;

	/* Any of its controllers, as no other hierarchy has it. */
	len = strcspn(line->controllers, ",:");
	mount = find_mount(line->controllers, len);
	if (!mount)
		return -ENOENT;
	n = snprintf(path, sizeof(path), "%s%.*s/%s", mount,
		     (int)line->path_len, line->path, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	return procfs_read_file(AT_FDCWD, path, text, size);
}
