// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explain/waits/holders.h"
#include "explain/waits/waiter.h"
#include "explain/waits/waits.h"
#include "lib/process-name.h"
#include "proc/descriptors.h"
#include "proc/locks.h"
#include "proc/snapshot.h"

/* F_SETLKW64 of 32-bit processes, where that is a command of its own. */
#define SETLKW_32BIT	14

/* Words for the types, as their system calls are called. */
static const char *const type_names[] = {
	[FILE_LOCK_OTHER] = "lock", [FILE_LOCK_FLOCK] = "flock",
	[FILE_LOCK_POSIX] = "fcntl lock", [FILE_LOCK_OFD] = "OFD lock",
};

/* A lock that a process waits for, and who holds it. */
struct wanted {
	const struct file_lock *lock;
	char		link[PATH_MAX];	/* of the waiter's descriptor */
	bool		any_path;	/* or of any other one */
	struct holders	holders;
};

/* Returns the type of the lock that @thread waits for, or FILE_LOCK_OTHER. */
static enum file_lock_type type_wanted(const struct blocked *thread)
{
	unsigned long command = thread->args[1];

	if (thread->letter != 'S')
		return FILE_LOCK_OTHER;
	if (!strcmp(thread->syscall, "flock"))
		return FILE_LOCK_FLOCK;
	if (strcmp(thread->syscall, "fcntl") &&
	    strcmp(thread->syscall, "fcntl64"))
		return FILE_LOCK_OTHER;
	if (command == F_OFD_SETLKW)
		return FILE_LOCK_OFD;
	return command == F_SETLKW || command == SETLKW_32BIT ?
		FILE_LOCK_POSIX : FILE_LOCK_OTHER;
}

/* Adds who has @found if that holds the lock. */
static int add_holder(const struct descriptor *found, const char *link, int dir,
		      void *context)
{
	struct wanted *wanted = context;
	char *info;
	int error;

	if (link[0] != '/' ||
	    (!wanted->any_path && strcmp(link, wanted->link)))
		return 0;
	info = descriptor_info(found, dir);
	error = info && lock_is_shown(wanted->lock, info) ?
		holders_add(&wanted->holders, found->task, true, false) : 0;
	free(info);
	return error;
}

/*
 * Finds who holds the lock: the process that asked for it, if it still has it;
 * else those that have inherited it, or were sent it, which mostly see the file
 * by the same path as the waiter.
 */
static int find_holders(const struct snapshot *snapshot, struct wanted *wanted)
{
	const struct task *task = NULL;
	int error = 0;

	if (wanted->lock->pid > 0)
		task = snapshot_find(snapshot, (uint32_t)wanted->lock->pid);
	wanted->any_path = true;
	if (task)
		error = descriptors_walk_task(task, add_holder, wanted);
	if (error || wanted->holders.count)
		return error;
	wanted->any_path = false;
	error = descriptors_walk(snapshot, add_holder, wanted);
	if (error || wanted->holders.count)
		return error;
	wanted->any_path = true;
	error = descriptors_walk(snapshot, add_holder, wanted);
	/* No other process can hold a lock of F_SETLK. */
	if (!error && !wanted->holders.count && task &&
	    wanted->lock->type == FILE_LOCK_POSIX)
		error = holders_add(&wanted->holders, task, true, false);
	return error;
}

static int add_edge(const char *what, const struct task *to,
		    struct wait_edges *edges)
{
	char name[PROCESS_NAME_SIZE];
	struct wait_edge *edge;

	edge = waits_add(edges, WAIT_LOCK, to, "%s, held by %s", what,
			 to ? process_name(&to->process, name) :
			      "an open file that no process has");
	return edge ? waits_set(&edge->what, "%s", what) : -ENOMEM;
}

static int add_edges(const struct wanted *wanted, struct wait_edges *edges)
{
	const struct holders *holders = &wanted->holders;
	char *what = NULL;
	int error;
	size_t i;

	error = waits_set(&what, "%s of %s", type_names[wanted->lock->type],
			  wanted->link);
	if (!error && !holders->count)
		error = add_edge(what, NULL, edges);
	for (i = 0; !error && i < holders->count; i++)
		error = add_edge(what, holders->list[i].task, edges);
	edges->candidates = holders->count > 1;
	free(what);
	return error;
}

/* Returns the inode number of descriptor @fd of @waiter; 0: unknown. */
static uint64_t ino_of(const struct waiter *waiter, unsigned int fd)
{
	const struct descriptor own = {
		.task = waiter->task, .tid = waiter->thread->tid, .number = fd,
	};
	struct fdinfo info = { .ino = 0 };
	char *text;

	text = descriptor_info(&own, waiter->dir);
	if (text)
		fdinfo_parse(text, &info);
	free(text);
	return info.ino;
}

/* Adds the wait for a lock of @type, one of @locks. */
static int find_lock(const struct snapshot *snapshot,
		     const struct waiter *waiter, enum file_lock_type type,
		     const struct file_locks *locks, struct wait_edges *edges)
{
	unsigned int fd = (unsigned int)waiter->thread->args[0];
	struct wanted wanted = { .holders = { 0 } };
	int error;

	if (!waiter_link(waiter, waiter->thread, fd, wanted.link,
			 sizeof(wanted.link)))
		return 0;
	wanted.lock = locks_blocker(locks, type, waiter->task->process.pid,
				    ino_of(waiter, fd));
	if (!wanted.lock)
		return 0;
	error = find_holders(snapshot, &wanted);
	if (!error) {
		holders_choose(&wanted.holders, waiter->task, false);
		error = add_edges(&wanted, edges);
	}
	holders_free(&wanted.holders);
	return error;
}

int wait_lock(struct wait_context *context, const struct waiter *waiter,
	      struct wait_edges *edges)
{
	enum file_lock_type type;
	struct file_locks locks;
	int error;

	if (waiter->only_hard || !waiter->thread || waiter->dir < 0)
		return 0;
	type = type_wanted(waiter->thread);
	if (type == FILE_LOCK_OTHER)
		return 0;
	error = locks_read(&locks);
	if (!error)
		error = find_lock(context->snapshot, waiter, type, &locks,
				  edges);
	locks_free(&locks);
	return error;
}
