// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "proc/mounts.h"
#include "proc/procfs.h"

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

static char *unescaped(const char *text)
{
	char *copy = strdup(text);

	if (copy)
		unescape(copy);
	return copy;
}

static void clear(struct mount *mount)
{
	free(mount->root);
	free(mount->path);
	free(mount->type);
	free(mount->source);
	free(mount->options);
}

/*
 * Fills in @mount from @line, which is overwritten. The source may be empty:
 * ID PARENT MAJOR:MINOR ROOT MOUNT OPTIONS [FIELD]... - TYPE SOURCE OPTIONS
 */
static bool parse(char *line, struct mount *mount)
{
	char *root, *path, *type, *options, *end = strstr(line, " - ");

	if (!end || sscanf(line, "%u %*u %u:%u", &mount->id, &mount->major,
			   &mount->minor) != 3)
		return false;
	options = strrchr(end, ' ');
	*options++ = '\0';
	end += strlen(" - ");
	type = strsep(&end, " ");
	strsep(&line, " ");
	strsep(&line, " ");
	strsep(&line, " ");
	root = strsep(&line, " ");
	path = strsep(&line, " ");
	if (!path)
		return false;
	mount->root = unescaped(root);
	mount->path = unescaped(path);
	mount->type = strdup(type);
	mount->source = unescaped(end ? end : "");
	mount->options = strdup(options);
	return mount->root && mount->path && mount->type && mount->source &&
	       mount->options;
}

void mounts_read(int dir, const char *name, struct mounts *mounts)
{
	char *text, *line, *rest;
	struct mount mount, *added;

	*mounts = (struct mounts){ .count = 0 };
	text = procfs_read_whole_file(dir, name);
	rest = text;
	while ((line = strsep(&rest, "\n"))) {
		mount = (struct mount){ .id = 0 };
		added = parse(line, &mount) ?
				array_add(&mounts->list, &mounts->count,
					  sizeof(*added)) : NULL;
		if (added)
			*added = mount;
		else
			clear(&mount);
	}
	free(text);
}

void mounts_free(struct mounts *mounts)
{
	size_t i;

	for (i = 0; i < mounts->count; i++)
		clear(&mounts->list[i]);
	free(mounts->list);
	*mounts = (struct mounts){ .count = 0 };
}

const struct mount *mounts_find(const struct mounts *mounts, uint32_t id)
{
	size_t i;

	for (i = 0; i < mounts->count; i++)
		if (mounts->list[i].id == id)
			return &mounts->list[i];
	return NULL;
}

static bool is_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);

	if (!strcmp(folder, "/"))
		return *path == '/';
	return !strncmp(path, folder, len) &&
	       (!path[len] || path[len] == '/');
}

const struct mount *mounts_of_path(const struct mounts *mounts,
				   const char *path)
{
	const struct mount *mount = mounts->list, *found = NULL;
	const struct mount *end = mount + mounts->count;

	/* Of the same place, the one that is mounted last. */
	for (; mount < end; mount++)
		if (is_below(path, mount->path) &&
		    (!found || strlen(mount->path) >= strlen(found->path)))
			found = mount;
	return found;
}
