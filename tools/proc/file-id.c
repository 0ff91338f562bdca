// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proc/file-id.h"
#include "proc/mounts.h"

/* Returns @path without @prefix, a path; "" for the same one, or NULL. */
static const char *path_below(const char *path, const char *prefix)
{
	size_t len = strlen(prefix);

	if (!strcmp(prefix, "/"))
		return path;
	if (strncmp(path, prefix, len) || (path[len] && path[len] != '/'))
		return NULL;
	return path + len;
}

/* Returns the place of @link in @mount, for free(), or NULL. */
static char *place_in(const struct mount *mount, const char *link)
{
	const char *below = path_below(link, mount->path);
	char *place;

	if (!below ||
	    asprintf(&place, "%u:%u %s%s", mount->major, mount->minor,
		     strcmp(mount->root, "/") ? mount->root : "", below) < 0)
		return NULL;
	return place;
}

int file_id_read(const struct descriptor *descriptor, const char *link,
		 const struct fdinfo *info, int dir, struct file_id *id)
{
	const struct mount *mount;
	char path[DESCRIPTOR_PATH_SIZE];
	struct mounts mounts;

	*id = (struct file_id){ .mnt_id = info->mnt_id, .ino = info->ino };
	id->link = strdup(link);
	if (!id->link)
		return -ENOMEM;
	descriptor_path(descriptor, "mountinfo", path);
	mounts_read(dir, path, &mounts);
	mount = mounts_find(&mounts, info->mnt_id);
	if (mount)
		id->place = place_in(mount, link);
	mounts_free(&mounts);
	return 0;
}

void file_id_clear(struct file_id *id)
{
	free(id->link);
	free(id->place);
	*id = (struct file_id){ 0 };
}

bool file_id_same(const struct file_id *a, const struct file_id *b)
{
	if (!a->link || !b->link || (a->ino && b->ino && a->ino != b->ino))
		return false;
	if (a->mnt_id == b->mnt_id)
		return !strcmp(a->link, b->link);
	return a->place && b->place && !strcmp(a->place, b->place);
}
