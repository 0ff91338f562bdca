// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "list.h"
#include "tasks.h"

static struct pidns *find_pidns(const struct tasks *tasks, uint32_t inum)
{
	size_t i;

	for (i = 0; i < tasks->nr_pidns; i++)
		if (tasks->pidns[i].inum == inum)
			return &tasks->pidns[i];
	return NULL;
}

/* The one that @fd stands for, and those above it; @fd is closed. */
static int add_pidns(struct tasks *tasks, int fd)
{
	struct pidns *below = NULL;
	struct stat st;
	int above;

	for (; fd >= 0; fd = above) {
		if (fstat(fd, &st))
			break;
		if (below)
			below->parent = (uint32_t)st.st_ino;
		if (find_pidns(tasks, (uint32_t)st.st_ino))
			break;
		below = list_add(&tasks->pidns, &tasks->nr_pidns,
				 sizeof(*below));
		if (!below) {
			close(fd);
			return -ENOMEM;
		}
		below->inum = (uint32_t)st.st_ino;
		/* EPERM: there is none above it, or none that is ours to see. */
		above = ioctl(fd, NS_GET_PARENT);
		close(fd);
	}
	if (fd >= 0)
		close(fd);
	return 0;
}

static int add_pidns_of(struct tasks *tasks, const struct task *task)
{
	uint32_t inum = task->process.pidns;
	char path[64];

	if (!inum || find_pidns(tasks, inum))
		return 0;
	snprintf(path, sizeof(path), "/proc/%u/ns/pid", task->process.pid);
	return add_pidns(tasks, open(path, O_RDONLY | O_CLOEXEC));
}

static int add_task(struct tasks *tasks, uint32_t pid)
{
	struct task *task;
	int error;

	task = list_add(&tasks->list, &tasks->count, sizeof(*task));
	if (!task)
		return -ENOMEM;
	error = task_read(pid, task);
	if (error) {
		task_clear(task);
		tasks->count--;
		return error == -EMFILE || error == -ENFILE ? error : 0;
	}
	return add_pidns_of(tasks, task);
}

static int by_pid(const void *a, const void *b)
{
	const struct task *left = a, *right = b;

	return (left->process.pid > right->process.pid) -
	       (left->process.pid < right->process.pid);
}

int tasks_read(struct tasks *tasks)
{
	struct dirent *entry;
	int error = 0;
	DIR *dir;

	*tasks = (struct tasks){ 0 };
	dir = opendir("/proc");
	if (!dir)
		return -errno;
	while (!error && (entry = readdir(dir)))
		if (isdigit((unsigned char)entry->d_name[0]))
			error = add_task(tasks, (uint32_t)atoll(entry->d_name));
	closedir(dir);
	if (error)
		tasks_free(tasks);
	else if (tasks->count)
		qsort(tasks->list, tasks->count, sizeof(*tasks->list), by_pid);
	return error;
}

int tasks_read_one(struct tasks *tasks, uint32_t pid)
{
	int error;

	*tasks = (struct tasks){ 0 };
	error = add_task(tasks, pid);
	if (error)
		tasks_free(tasks);
	return error;
}

void tasks_free(struct tasks *tasks)
{
	size_t i;

	for (i = 0; i < tasks->count; i++)
		task_clear(&tasks->list[i]);
	free(tasks->list);
	free(tasks->pidns);
	*tasks = (struct tasks){ 0 };
}

struct task *tasks_find(const struct tasks *tasks, uint32_t pid)
{
	struct task key = { .process = { .pid = pid } };

	if (!tasks->count)
		return NULL;
	return bsearch(&key, tasks->list, tasks->count, sizeof(*tasks->list),
		       by_pid);
}

bool tasks_ns_below(const struct tasks *tasks, uint32_t inum, uint32_t above)
{
	const struct pidns *pidns;

	while (inum && inum != above) {
		pidns = find_pidns(tasks, inum);
		inum = pidns ? pidns->parent : 0;
	}
	return inum && inum == above;
}

struct task *tasks_init_of(const struct tasks *tasks, uint32_t inum)
{
	size_t i;

	for (i = 0; i < tasks->count; i++)
		if (tasks->list[i].process.pidns == inum &&
		    tasks->list[i].process.ns_pid == 1)
			return &tasks->list[i];
	return NULL;
}
