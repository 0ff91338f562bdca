// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "proc/cgroup.h"
#include "proc/mounts.h"
#include "proc/procfs.h"

/* A mounted hierarchy. */
struct hierarchy {
	char *controllers;	/* and other mount options; "": v2 */
	char *mount;		/* where its root is mounted */
};

static struct hierarchy *hierarchies;
static size_t nr_hierarchies;

/* Adds @mount, if it is of the root of a cgroup hierarchy. */
static void add_mount(const struct mount *mount)
{
	struct hierarchy *added, hierarchy;

	if (strcmp(mount->root, "/") || strncmp(mount->type, "cgroup", 6))
		return;
	hierarchy.controllers = strdup(strcmp(mount->type, "cgroup2") ?
					       mount->options : "");
	hierarchy.mount = strdup(mount->path);
	added = hierarchy.controllers && hierarchy.mount ?
			array_add(&hierarchies, &nr_hierarchies,
				  sizeof(*added)) : NULL;
	if (added) {
		*added = hierarchy;
	} else {
		free(hierarchy.controllers);
		free(hierarchy.mount);
	}
}

/* Reads the mounts, the first time that it is called. */
static void read_mounts(void)
{
	struct mounts mounts;
	static bool done;
	size_t i;

	if (done)
		return;
	done = true;
	mounts_read(AT_FDCWD, "/proc/self/mountinfo", &mounts);
	for (i = 0; i < mounts.count; i++)
		add_mount(&mounts.list[i]);
	mounts_free(&mounts);
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

char *cgroup_file(const struct cgroup_line *line, const char *name)
{
	/* Any of its controllers, as no other hierarchy has it. */
	size_t len = strcspn(line->controllers, ",:");
	const char *mount = find_mount(line->controllers, len);
	char *path;

	if (!mount || asprintf(&path, "%s%.*s/%s", mount, (int)line->path_len,
			       line->path, name) < 0)
		return NULL;
	return path;
}

/* Moves @line to the cgroup that its own lies in; false where that is the root. */
static bool move_up(struct cgroup_line *line)
{
	while (line->path_len && line->path[line->path_len - 1] != '/')
		line->path_len--;
	if (line->path_len)
		line->path_len--;
	return line->path_len;
}

int cgroup_walk_up(int dir, const char *controller,
		   int (*call)(const struct cgroup_line *line, void *context),
		   void *context)
{
	struct cgroup_line line;
	const char *next = NULL;
	char text[8192];
	int result = 0;

	if (procfs_read_file(dir, "cgroup", text, sizeof(text)) > 0)
		next = text;
	while (!result && next && (next = cgroup_next_line(next, &line))) {
		if (!cgroup_line_is_v2(&line) &&
		    !cgroup_line_has(&line, controller))
			continue;
		/* The path of the root is a slash alone. */
		if (line.path_len <= 1)
			continue;
		do
			result = call(&line, context);
		while (!result && move_up(&line));
	}
	return result;
}

ssize_t cgroup_read_file(const struct cgroup_line *line, const char *name,
			 char *text, size_t size)
{
	char *path = cgroup_file(line, name);
	ssize_t len;

	if (!path)
		return -ENOENT;
	len = procfs_read_file(AT_FDCWD, path, text, size);
	free(path);
	return len;
}

/* Reads the number in the file @name; false where it has none, as "max". */
static bool read_number(const struct cgroup_line *line, const char *name,
			uint64_t *number)
{
	char text[64], *end;

	if (cgroup_read_file(line, name, text, sizeof(text)) <= 0)
		return false;
	*number = strtoull(text, &end, 10);
	return end != text;
}

struct pids {
	uint64_t	current;
	uint64_t	max;
};

static int read_pids(const struct cgroup_line *line, void *context)
{
	struct pids *pids = context;

	return read_number(line, "pids.max", &pids->max) &&
	       read_number(line, "pids.current", &pids->current);
}

void cgroup_pids(int dir, uint64_t *current, uint64_t *max)
{
	struct pids pids;
	bool known = cgroup_walk_up(dir, "pids", read_pids, &pids);

	*current = known ? pids.current : 0;
	*max = known ? pids.max : 0;
}

const char *cgroup_memory_limit_file(void)
{
	static const char *name;
	unsigned int hierarchy;
	char line[128];
	FILE *file;

	if (name)
		return name;
	name = "memory.max";
	file = fopen("/proc/cgroups", "re");
	if (!file)
		return name;
	while (fgets(line, sizeof(line), file))
		/* Hierarchy 0 is that of v2. */
		if (sscanf(line, "memory %u", &hierarchy) == 1 && hierarchy)
			name = "memory.limit_in_bytes";
	fclose(file);
	return name;
}
