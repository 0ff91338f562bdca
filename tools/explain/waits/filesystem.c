// SPDX-License-Identifier: GPL-2.0
/*
 * Which file system, or device, a process in disk sleep waits for. One that is
 * frozen holds all who write to it, in sb_start_write(), and, when they were
 * killed, in their exit: only the module tells which one. Of the others the
 * server, or the device, is known where the process waits on a descriptor.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explain/waits/waits.h"
#include "genl/client.h"
#include "genl/filesystem.h"
#include "lib/shell-word.h"
#include "proc/mounts.h"
#include "proc/procfs.h"
#include "proc/reading.h"

/* What stands on the stack of one that waits for a frozen file system. */
static const char *const freezes[] = {
	"percpu_rwsem_wait", "__percpu_down_read", "percpu_down_read",
	"sb_start_write", "sb_start_intwrite", "sb_start_pagefault",
};

/* Of NFS: rpc_wait_bit_killable() and its like. */
static const char *const servers[] = {
	"rpc_wait", "nfs", "cifs", "wait_for_response", "p9_client",
	"v9fs", "ceph",
};

/* Whether @mount has a device of its own: then a look at it does not wait. */
static bool has_device(const struct mount *mount)
{
	return mount->major || !strcmp(mount->type, "btrfs") ||
	       !strcmp(mount->type, "zfs");
}

/* Whether thread @thread of process @pid waits until @mount is thawed. */
static bool is_frozen_for(const struct wait_context *context,
			  const struct mount *mount, uint32_t pid,
			  const struct blocked *thread)
{
	struct filesystem filesystem = { .count = 0 };
	bool found = false;
	int fd;

	if (!reading_begin(0, mount->path))
		return false;
	fd = open(mount->path, O_PATH | O_CLOEXEC | O_NOFOLLOW);
	reading_end();
	if (fd < 0)
		return false;
	if (!client_filesystem(context->client, (uint32_t)fd, &filesystem))
		found = filesystem.frozen &&
			filesystem_is_waiter(&filesystem, pid, thread->tid);
	filesystem_free(&filesystem);
	close(fd);
	return found;
}

static const struct mount *find_frozen(const struct wait_context *context,
				       const struct mounts *mounts,
				       uint32_t pid,
				       const struct blocked *thread)
{
	const struct mount *mount = mounts->list;
	const struct mount *end = mount + mounts->count;

	for (; context->client && mount < end; mount++)
		if (has_device(mount) &&
		    is_frozen_for(context, mount, pid, thread))
			return mount;
	return NULL;
}

static int add_frozen(const struct mount *mount, const struct blocked *thread,
		      struct wait_edges *edges)
{
	struct wait_edge *edge;
	char *path;
	int error;

	edge = waits_add(edges, WAIT_FILESYSTEM, NULL, "in %s, %s is frozen",
			 thread->wchan, mount->path);
	path = shell_word(mount->path);
	error = edge && path ?
			waits_set(&edge->what, "the frozen file system on %s",
				  mount->path) : -ENOMEM;
	if (!error)
		error = waits_set(&edge->remedy, "fsfreeze -u %s", path);
	free(path);
	return error;
}

/* A file system that is frozen, but not mounted where this process can look. */
static int add_unknown_frozen(const struct blocked *thread,
			      struct wait_edges *edges)
{
	struct wait_edge *edge;

	edge = waits_add(edges, WAIT_FILESYSTEM, NULL, "in %s", thread->wchan);
	return edge && !waits_set(&edge->what,
				  "a file system that is frozen, or about to be") ?
		       0 : -ENOMEM;
}

static int find_freeze(const struct wait_context *context,
		       const struct waiter *waiter,
		       const struct blocked *thread, struct wait_edges *edges)
{
	const struct mount *mount;
	struct mounts mounts;
	int error;

	mounts_read(AT_FDCWD, "/proc/self/mountinfo", &mounts);
	mount = find_frozen(context, &mounts, waiter->task->process.pid,
			    thread);
	error = mount ? add_frozen(mount, thread, edges) :
			add_unknown_frozen(thread, edges);
	mounts_free(&mounts);
	return error;
}

/* Names what @thread waits for as well as its descriptor and @mount tell. */
static int name_thing(const struct blocked *thread, const char *path,
		      const struct mount *mount, bool server,
		      struct wait_edge *edge)
{
	if (mount && server)
		return waits_set(&edge->what, "the server of %s (%s)",
				 mount->path, mount->source);
	if (mount && has_device(mount))
		return waits_set(&edge->what, "the device of %s (%s)",
				 mount->path, mount->source);
	if (path[0])
		return waits_set(&edge->what, "what is behind %s", path);
	if (server)
		return waits_set(&edge->what, "the server of a file system");
	return waits_set(&edge->what, "a disk, a driver or a server (%s)",
			 thread->wchan[0] ? thread->wchan : "unknown");
}

/* Reads the target of descriptor @fd; empty where it is unknown. */
static void read_path(const struct waiter *waiter, int fd, char *path,
		      size_t size)
{
	char name[32];

	path[0] = '\0';
	if (fd < 0)
		return;
	snprintf(name, sizeof(name), "fd/%d", fd);
	procfs_read_link(waiter->dir, name, path, size);
}

static int find_other(const struct waiter *waiter, const struct blocked *thread,
		      bool server, struct wait_edges *edges)
{
	const struct mount *mount = NULL;
	struct mounts mounts;
	struct wait_edge *edge;
	char path[256];
	int error;

	read_path(waiter, thread->fd, path, sizeof(path));
	mounts_read(waiter->dir, "mountinfo", &mounts);
	if (path[0] == '/')
		mount = mounts_of_path(&mounts, path);
	edge = waits_add(edges, WAIT_FILESYSTEM, NULL, "in %s%s%s",
			 thread->syscall, thread->syscall[0] ? ", " : "",
			 thread->wchan);
	error = edge ? name_thing(thread, path, mount, server, edge) : -ENOMEM;
	mounts_free(&mounts);
	return error;
}

int wait_filesystem(struct wait_context *context, const struct waiter *waiter,
		    struct wait_edges *edges)
{
	const struct blocked *thread;

	if (task_is_zombie(waiter->task) || !waiter->thread)
		return 0;
	thread = waits_in(waiter, freezes, ARRAY_SIZE(freezes));
	if (thread && thread->letter == 'D')
		return find_freeze(context, waiter, thread, edges);
	thread = waiter->thread;
	if (thread->letter != 'D' || thread->for_vfork)
		return 0;
	return find_other(waiter, thread,
			  waits_in(waiter, servers, ARRAY_SIZE(servers)),
			  edges);
}
