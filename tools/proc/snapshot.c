// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/array.h"
#include "proc/procfs.h"
#include "proc/snapshot.h"

static struct pidns *find_pidns(const struct snapshot *snapshot, uint32_t inum)
{
	size_t i;

	for (i = 0; i < snapshot->nr_pidns; i++)
		if (snapshot->pidns[i].inum == inum)
			return &snapshot->pidns[i];
	return NULL;
}

/*
 * Adds the pid namespace that @fd, which is closed, stands for, and those that
 * it was made in. Returns 0 or -ENOMEM.
 */
static int add_pidns(struct snapshot *snapshot, int fd)
{
	struct pidns *below = NULL;
	struct stat st;
	int above;

	for (; fd >= 0; fd = above) {
		if (fstat(fd, &st))
			break;
		if (below)
			below->parent = (uint32_t)st.st_ino;
		if (find_pidns(snapshot, (uint32_t)st.st_ino))
			break;
		below = array_add(&snapshot->pidns, &snapshot->nr_pidns,
				  sizeof(*below));
		if (!below) {
			close(fd);
			return -ENOMEM;
		}
		below->inum = (uint32_t)st.st_ino;
		/* EPERM: it is the initial one, or this process's own. */
		above = ioctl(fd, NS_GET_PARENT);
		close(fd);
	}
	if (fd >= 0)
		close(fd);
	return 0;
}

static int add_pidns_of(struct snapshot *snapshot, const struct task *task)
{
	uint32_t inum = task->process.pidns;

	if (!inum || find_pidns(snapshot, inum))
		return 0;
	return add_pidns(snapshot, procfs_open_pidns(task->process.pid));
}

/* Adds process @pid to @context, a snapshot, unless it is gone by now. */
static int add_task(uint32_t pid, void *context)
{
	struct snapshot *snapshot = context;
	struct task *task;
	int error;

	task = array_add(&snapshot->list, &snapshot->count, sizeof(*task));
	if (!task)
		return -ENOMEM;
	error = task_read(pid, task);
	if (error) {
		task_clear(task);
		snapshot->count--;
		return error == -EMFILE || error == -ENFILE ? error : 0;
	}
	return add_pidns_of(snapshot, task);
}

static int by_pid(const void *a, const void *b)
{
	const struct task *left = a, *right = b;

	return (left->process.pid > right->process.pid) -
	       (left->process.pid < right->process.pid);
}

int snapshot_read(struct snapshot *snapshot)
{
	int error;

	*snapshot = (struct snapshot){ 0 };
	error = procfs_walk_numbers(AT_FDCWD, "/proc", add_task, snapshot);
	if (error)
		snapshot_free(snapshot);
	else if (snapshot->count)
		qsort(snapshot->list, snapshot->count, sizeof(*snapshot->list),
		      by_pid);
	return error;
}

int snapshot_read_one(struct snapshot *snapshot, uint32_t pid)
{
	int error;

	*snapshot = (struct snapshot){ 0 };
	error = add_task(pid, snapshot);
	if (error)
		snapshot_free(snapshot);
	return error;
}

void snapshot_free(struct snapshot *snapshot)
{
	size_t i;

	for (i = 0; i < snapshot->count; i++)
		task_clear(&snapshot->list[i]);
	free(snapshot->list);
	free(snapshot->pidns);
	*snapshot = (struct snapshot){ 0 };
}

struct task *snapshot_find(const struct snapshot *snapshot, uint32_t pid)
{
	struct task key = { .process = { .pid = pid } };

	if (!snapshot->count)
		return NULL;
	return bsearch(&key, snapshot->list, snapshot->count,
		       sizeof(*snapshot->list), by_pid);
}

bool snapshot_ns_below(const struct snapshot *snapshot, uint32_t inum,
		       uint32_t above)
{
	const struct pidns *pidns;

	while (inum && inum != above) {
		pidns = find_pidns(snapshot, inum);
		inum = pidns ? pidns->parent : 0;
	}
	return inum && inum == above;
}

struct task *snapshot_init_of(const struct snapshot *snapshot, uint32_t inum)
{
	size_t i;

	for (i = 0; i < snapshot->count; i++)
		if (snapshot->list[i].process.pidns == inum &&
		    snapshot->list[i].process.ns_pid == 1)
			return &snapshot->list[i];
	return NULL;
}

static int compare_parents(const void *a, const void *b)
{
	const struct task *left = *(const struct task *const *)a;
	const struct task *right = *(const struct task *const *)b;

	if (left->ppid != right->ppid)
		return left->ppid < right->ppid ? -1 : 1;
	return (left > right) - (left < right);
}

const struct task **snapshot_by_parent(const struct snapshot *snapshot)
{
	const struct task **by_parent = calloc(snapshot->count + 1,
					       sizeof(*by_parent));
	size_t i;

	if (!by_parent)
		return NULL;
	for (i = 0; i < snapshot->count; i++)
		by_parent[i] = &snapshot->list[i];
	if (snapshot->count)
		qsort(by_parent, snapshot->count, sizeof(*by_parent),
		      compare_parents);
	return by_parent;
}

size_t snapshot_first_child(const struct snapshot *snapshot,
			    const struct task *const *by_parent, uint32_t pid)
{
	size_t low = 0, high = snapshot->count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (by_parent[middle]->ppid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
