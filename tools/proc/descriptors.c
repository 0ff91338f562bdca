// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/array.h"
#include "lib/util.h"
#include "proc/descriptors.h"
#include "proc/procfs.h"
#include "proc/snapshot.h"
#include "proc/task.h"

struct descriptors {
	struct descriptor *list;	/* sorted by compare() */
	size_t		count;
};

void descriptor_path(const struct descriptor *descriptor, const char *name,
		     char path[DESCRIPTOR_PATH_SIZE])
{
	if (descriptor->tid)
		snprintf(path, DESCRIPTOR_PATH_SIZE, "task/%u/%s",
			 descriptor->tid, name);
	else
		snprintf(path, DESCRIPTOR_PATH_SIZE, "%s", name);
}

/* The same for its file in the folder @folder, fd or fdinfo. */
static void path_in(const struct descriptor *descriptor, const char *folder,
		    char path[DESCRIPTOR_PATH_SIZE])
{
	char name[32];

	snprintf(name, sizeof(name), "%s/%u", folder, descriptor->number);
	descriptor_path(descriptor, name, path);
}

/* A walk through the descriptors of a process. */
struct walk {
	struct descriptor found;
	int		dir;		/* of procfs_open() */
	descriptors_call *call;
	void		*context;
	int		result;		/* what call() returned */
};

static int visit(uint32_t number, void *context)
{
	struct walk *walk = context;
	char path[DESCRIPTOR_PATH_SIZE], link[PATH_MAX];

	walk->found.number = number;
	path_in(&walk->found, "fd", path);
	if (procfs_read_link(walk->dir, path, link, sizeof(link)))
		walk->result = walk->call(&walk->found, link, walk->dir,
					  walk->context);
	return walk->result;
}

/* Sets the thread to another one than the leader. */
static int set_thread(uint32_t tid, void *context)
{
	struct descriptor *found = context;

	if (tid == found->task->process.pid)
		return 0;
	found->tid = tid;
	return 1;
}

int descriptors_walk_task(const struct task *task, descriptors_call *call,
			  void *context)
{
	struct walk walk = {
		.found.task = task, .call = call, .context = context,
	};
	char path[DESCRIPTOR_PATH_SIZE];

	if (task->kernel || task_is_zombie(task))
		return 0;
	walk.dir = procfs_open(task->process.pid, task->start_ticks);
	if (walk.dir < 0)
		return 0;
	/* A leader that has ended shows none; its threads still have them. */
	if (task->letter == 'Z')
		procfs_walk_numbers(walk.dir, "task", set_thread, &walk.found);
	descriptor_path(&walk.found, "fd", path);
	procfs_walk_numbers(walk.dir, path, visit, &walk);
	close(walk.dir);
	return walk.result;
}

int descriptors_walk(const struct snapshot *snapshot, descriptors_call *call,
		     void *context)
{
	int result = 0;
	size_t i;

	for (i = 0; !result && i < snapshot->count; i++)
		result = descriptors_walk_task(&snapshot->list[i], call,
					       context);
	return result;
}

/* Whether a process may wait for what has @link, and who has it open. */
static bool is_kept(const char *link)
{
	return !strncmp(link, "pipe:[", 6) || !strncmp(link, "socket:[", 8) ||
	       !strcmp(link, "anon_inode:seccomp notify") ||
	       !strcmp(link, "/dev/fuse");
}

static int keep(const struct descriptor *found, const char *link, int dir,
		void *context)
{
	struct descriptors *descriptors = context;
	struct descriptor *kept;
	size_t len = strlen(link);

	(void)dir;
	if (len >= sizeof(kept->link) || !is_kept(link))
		return 0;
	kept = array_add(&descriptors->list, &descriptors->count,
			 sizeof(*kept));
	if (!kept)
		return -ENOMEM;
	*kept = *found;
	memcpy(kept->link, link, len + 1);
	return 0;
}

/* By link, then by process. The tasks of a snapshot are one array. */
static int compare(const void *a, const void *b)
{
	const struct descriptor *left = a, *right = b;
	int order = strcmp(left->link, right->link);

	if (order)
		return order;
	if (left->task != right->task)
		return left->task < right->task ? -1 : 1;
	return (left->number > right->number) - (left->number < right->number);
}

struct descriptors *descriptors_read(const struct snapshot *snapshot)
{
	struct descriptors *descriptors = calloc(1, sizeof(*descriptors));

	if (!descriptors)
		return NULL;
	if (descriptors_walk(snapshot, keep, descriptors)) {
		descriptors_free(descriptors);
		return NULL;
	}
	if (descriptors->count)
		qsort(descriptors->list, descriptors->count,
		      sizeof(*descriptors->list), compare);
	return descriptors;
}

void descriptors_free(struct descriptors *descriptors)
{
	if (!descriptors)
		return;
	free(descriptors->list);
	free(descriptors);
}

/* Returns the index of the first descriptor whose link is not below @link. */
static size_t first_index(const struct descriptors *descriptors,
			  const char *link)
{
	size_t low = 0, high = descriptors->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (strcmp(descriptors->list[middle].link, link) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct descriptor *descriptors_find(const struct descriptors *descriptors,
					  const char *link, size_t *count)
{
	size_t first = first_index(descriptors, link), end = first;

	while (end < descriptors->count &&
	       !strcmp(descriptors->list[end].link, link))
		end++;
	*count = end - first;
	return *count ? &descriptors->list[first] : NULL;
}

char *descriptor_info(const struct descriptor *descriptor, int dir)
{
	char path[DESCRIPTOR_PATH_SIZE];

	path_in(descriptor, "fdinfo", path);
	return procfs_read_whole_file(dir, path);
}

/* Reads how @descriptor of @dir is open; see descriptor_access(). */
static int read_access(const struct descriptor *descriptor, int dir)
{
	char path[DESCRIPTOR_PATH_SIZE], link[PATH_MAX];
	struct fdinfo info;
	char *text;
	int error;

	text = descriptor_info(descriptor, dir);
	if (!text)
		return -ESRCH;
	error = fdinfo_parse(text, &info);
	free(text);
	if (error)
		return error;
	/* The number may stand for something else by now. */
	path_in(descriptor, "fd", path);
	if (!procfs_read_link(dir, path, link, sizeof(link)) ||
	    strcmp(link, descriptor->link))
		return -ESRCH;
	return info.access;
}

int descriptor_access(const struct descriptor *descriptor)
{
	const struct task *task = descriptor->task;
	int dir, access;

	dir = procfs_open(task->process.pid, task->start_ticks);
	if (dir < 0)
		return dir;
	access = read_access(descriptor, dir);
	close(dir);
	return access;
}

/* Parses the line at @line, if it is one of these. */
static void parse_line(const char *line, struct fdinfo *info)
{
	unsigned int flags;

	/* O_PATH opens for neither reading nor writing. */
	if (sscanf(line, "flags: %o", &flags) == 1)
		info->access = flags & O_PATH ? O_ACCMODE :
						(int)flags & O_ACCMODE;
	else if (sscanf(line, "mnt_id: %u", &info->mnt_id) != 1)
		sscanf(line, "ino: %lu", &info->ino);
}

int fdinfo_parse(const char *text, struct fdinfo *info)
{
	const char *line = text;
	int i;

	*info = (struct fdinfo){ .access = -1 };
	/* Before what is specific to a file: pos, flags, mnt_id and ino. */
	for (i = 0; i < 4 && line; i++) {
		parse_line(line, info);
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return info->access < 0 ? -EPROTO : 0;
}
