// SPDX-License-Identifier: GPL-2.0
/*
 * Which FUSE server has not answered a request: from request_wait_answer() on,
 * once the server has read the request, SIGKILL does not end the wait. The
 * connection is that of the mount: that which the descriptor lies on, else the
 * only one on which requests wait, or the only one that there is. Its server is
 * who has /dev/fuse open; which connection a descriptor of that belongs to, the
 * kernel does not tell.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/waits/waits.h"
#include "lib/shell-word.h"
#include "proc/descriptors.h"
#include "proc/mounts.h"
#include "proc/procfs.h"

#define CONNECTIONS	"/sys/fs/fuse/connections"

static bool is_fuse(const struct mount *mount)
{
	return !strcmp(mount->type, "fuse") ||
	       !strncmp(mount->type, "fuse.", strlen("fuse.")) ||
	       !strcmp(mount->type, "fuseblk");
}

/* Number of the connection of @mount: the kernel's dev_t of its super block. */
static uint32_t connection_of(const struct mount *mount)
{
	return mount->major << 20 | mount->minor;
}

/* Whether requests wait on @mount, or that is not shown: fusectl is not mounted. */
static bool may_have_requests(const struct mount *mount)
{
	char path[64], text[32];

	if (!is_fuse(mount))
		return false;
	snprintf(path, sizeof(path), CONNECTIONS "/%u/waiting",
		 connection_of(mount));
	return procfs_read_file(AT_FDCWD, path, text, sizeof(text)) <= 0 ||
	       strtoul(text, NULL, 10);
}

/* Returns the FUSE mount that the descriptor @thread waits on is on, or NULL. */
static const struct mount *mount_of_descriptor(const struct waiter *waiter,
					       const struct blocked *thread,
					       const struct mounts *mounts)
{
	const struct mount *mount;
	char name[32], path[512];

	snprintf(name, sizeof(name), "fd/%d", thread->fd);
	if (thread->fd < 0 ||
	    !procfs_read_link(waiter->dir, name, path, sizeof(path)))
		return NULL;
	mount = mounts_of_path(mounts, path);
	return mount && is_fuse(mount) ? mount : NULL;
}

/* Returns the only FUSE mount that may have requests that wait, or NULL. */
static const struct mount *mount_with_requests(const struct mounts *mounts)
{
	const struct mount *mount = mounts->list, *found = NULL;
	const struct mount *end = mount + mounts->count;

	for (; mount < end; mount++) {
		if (!may_have_requests(mount))
			continue;
		if (found && connection_of(found) != connection_of(mount))
			return NULL;
		found = mount;
	}
	return found;
}

static uint32_t option_number(const struct mount *mount, const char *key)
{
	const char *at = strstr(mount->options, key);

	return at ? (uint32_t)strtoul(at + strlen(key), NULL, 10) : 0;
}

/* Whether @server may be that of @mount: its user, and its name if that is set. */
static bool may_serve(const struct task *server, const struct mount *mount)
{
	const char *type = strchr(mount->type, '.');

	if (task_is_zombie(server) ||
	    server->process.uid != option_number(mount, "user_id="))
		return false;
	return !type || !strncmp(server->process.comm, type + 1, COMM_MAX - 1);
}

static int set_words(const struct mount *mount, struct wait_edge *edge)
{
	char file[64];
	int error;

	error = waits_set(&edge->what, "FUSE connection %u of %s",
			  connection_of(mount), mount->path);
	snprintf(file, sizeof(file), CONNECTIONS "/%u/abort",
		 connection_of(mount));
	if (!error && procfs_exists(file))
		error = waits_set(&edge->remedy, "echo 1 >%s", file);
	return error;
}

/* What is waited for: an answer of the server of @mount, or NULL: of any of @mounts. */
struct request {
	const struct waiter *waiter;
	const struct blocked *thread;
	const struct mounts *mounts;
	const struct mount *mount;
};

/* Adds @server, or NULL where it is not known. */
static int add(const struct request *request, const struct task *server,
	       struct wait_edges *edges)
{
	const struct blocked *thread = request->thread;
	struct wait_edge *edge;

	if (!request->mount) {
		edge = waits_add(edges, WAIT_FUSE, server, "in %s",
				 thread->wchan);
		return edge ? waits_set(&edge->what,
					"the server of a FUSE file system") :
			      -ENOMEM;
	}
	edge = waits_add(edges, WAIT_FUSE, server,
			 "in %s%s%s, the server of %s has not answered",
			 thread->syscall, thread->syscall[0] ? ", " : "",
			 thread->wchan, request->mount->path);
	return edge ? set_words(request->mount, edge) : -ENOMEM;
}

/* Whether a process is among @edges already: it may have many descriptors. */
static bool is_added(const struct wait_edges *edges, const struct task *task)
{
	size_t i;

	for (i = 0; i < edges->count; i++)
		if (edges->list[i].to == task)
			return true;
	return false;
}

/* Whether @server may be that of any mount that may have requests that wait. */
static bool may_serve_any(const struct task *server,
			  const struct mounts *mounts)
{
	const struct mount *mount = mounts->list;
	const struct mount *end = mount + mounts->count;

	for (; mount < end; mount++)
		if (may_have_requests(mount) && may_serve(server, mount))
			return true;
	return false;
}

static bool may_answer(const struct task *server, const struct request *request)
{
	if (request->mount)
		return may_serve(server, request->mount);
	return server != request->waiter->task &&
	       may_serve_any(server, request->mounts);
}

static int add_servers(struct wait_context *context,
		       const struct request *request, struct wait_edges *edges)
{
	const struct descriptors *descriptors = waits_descriptors(context);
	const struct descriptor *found;
	size_t i, count;
	int error = 0;

	if (!descriptors)
		return -ENOMEM;
	found = descriptors_find(descriptors, "/dev/fuse", &count);
	for (i = 0; !error && i < count; i++)
		if (may_answer(found[i].task, request) &&
		    !is_added(edges, found[i].task))
			error = add(request, found[i].task, edges);
	edges->candidates = edges->count > 1;
	if (!error && !edges->count)
		error = add(request, NULL, edges);
	return error;
}

/* After its exit from its mount namespace a process is taken to be in ours. */
static void read_mounts(const struct waiter *waiter, struct mounts *mounts)
{
	mounts_read(waiter->dir, "mountinfo", mounts);
	if (mounts->count)
		return;
	mounts_free(mounts);
	mounts_read(AT_FDCWD, "/proc/self/mountinfo", mounts);
}

/* Finds the wait of @thread; @surely: for a request, as the kernel shows. */
static int find_wait(struct wait_context *context, const struct waiter *waiter,
		     const struct blocked *thread, bool surely,
		     struct wait_edges *edges)
{
	struct mounts mounts;
	struct request request = {
		.waiter = waiter, .thread = thread, .mounts = &mounts,
	};
	int error = 0;

	read_mounts(waiter, &mounts);
	request.mount = mount_of_descriptor(waiter, thread, &mounts);
	if (!request.mount && surely)
		request.mount = mount_with_requests(&mounts);
	if (request.mount || surely)
		error = add_servers(context, &request, edges);
	mounts_free(&mounts);
	return error;
}

int wait_fuse(struct wait_context *context, const struct waiter *waiter,
	      struct wait_edges *edges)
{
	static const char *const requests[] = {
		"request_wait_answer", "fuse_get_req", "__fuse_request_send",
		"__fuse_simple_request", "fuse_wait_on_page_writeback",
	};
	const struct blocked *thread;

	if (task_is_zombie(waiter->task) || !waiter->thread)
		return 0;
	thread = waits_in(waiter, requests, ARRAY_SIZE(requests));
	if (thread)
		return find_wait(context, waiter, thread, true, edges);
	/* A page that it reads: the wait is for the page, not for the request. */
	if (waiter->thread->letter != 'D')
		return 0;
	return find_wait(context, waiter, waiter->thread, false, edges);
}
