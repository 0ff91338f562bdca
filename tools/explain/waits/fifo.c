// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/waits/holders.h"
#include "explain/waits/pipe-wait.h"
#include "explain/waits/waiter.h"
#include "explain/waits/waits.h"
#include "proc/descriptors.h"
#include "proc/file-id.h"

/* A FIFO that a process waits at, and who has it open. */
struct fifo {
	char		link[PATH_MAX];
	const char	*name;		/* last part of link */
	struct pipe_wait wait;
	struct file_id	id;
	struct holders	holders;
};

/* Reads the @info, and the @id, which is to be cleared, of what is @found. */
static int read_id(const struct descriptor *found, const char *link, int dir,
		   struct fdinfo *info, struct file_id *id)
{
	char *text = descriptor_info(found, dir);
	int error;

	*id = (struct file_id){ 0 };
	if (!text)
		return -ESRCH;
	error = fdinfo_parse(text, info);
	free(text);
	return error ? error : file_id_read(found, link, info, dir, id);
}

/* Adds @found if it is the FIFO. Its path may begin otherwise elsewhere. */
static int add_holder(const struct descriptor *found, const char *link, int dir,
		      void *context)
{
	struct fifo *fifo = context;
	const char *name = strrchr(link, '/');
	struct fdinfo info;
	struct file_id id;
	int error;

	if (!name || link[0] != '/' || strcmp(name, fifo->name))
		return 0;
	error = read_id(found, link, dir, &info, &id);
	if (!error && file_id_same(&id, &fifo->id))
		error = holders_add(&fifo->holders, found->task,
				    pipe_end_is(info.access,
						!fifo->wait.writes),
				    pipe_end_is(info.access,
						fifo->wait.writes));
	file_id_clear(&id);
	return error == -ENOMEM ? error : 0;
}

/* Whether another process than @waiter has the other end open. */
static bool has_partner(const struct fifo *fifo, const struct waiter *waiter)
{
	return fifo->holders.count && fifo->holders.list[0].task !=
				      waiter->task;
}

/* Nobody has it open, but by its path anybody can: it is no circle. */
static int add_anybody(const struct fifo *fifo, const char *action,
		       struct wait_edges *edges)
{
	struct wait_edge *edge;

	edge = waits_add(edges, WAIT_FIFO, NULL,
			 "%s, whose other end no other process has open",
			 action);
	if (!edge)
		return -ENOMEM;
	return waits_set(&edge->what, "a process that opens FIFO %s for %s",
			 fifo->link, fifo->wait.writes ? "reading" : "writing");
}

static int add_edges(const struct fifo *fifo, const struct waiter *waiter,
		     struct wait_edges *edges)
{
	bool writes = fifo->wait.writes;
	char *what = NULL, *action = NULL;
	int error = -ENOMEM;

	if (waits_set(&what, "FIFO %s", fifo->link) ||
	    waits_set(&action, "%s descriptor %u, %s",
		      writes ? "write to" : "read from", fifo->wait.fd, what))
		goto out;
	if (has_partner(fifo, waiter))
		error = holders_add_edges(&fifo->holders, edges, WAIT_FIFO,
					  what, action,
					  writes ? "has open for reading" :
						   "has open for writing");
	else
		error = add_anybody(fifo, action, edges);
out:
	free(action);
	free(what);
	return error;
}

/* Finds who has @fifo, at which @waiter waits, open. */
static int find_holders(const struct snapshot *snapshot,
			const struct waiter *waiter, struct fifo *fifo,
			struct wait_edges *edges)
{
	struct descriptor own = {
		.task = waiter->task, .tid = waiter->thread->tid,
		.number = fifo->wait.fd,
	};
	struct fdinfo info;
	int error;

	error = read_id(&own, fifo->link, waiter->dir, &info, &fifo->id);
	if (error)
		return error == -ENOMEM ? error : 0;
	error = descriptors_walk(snapshot, add_holder, fifo);
	if (error)
		return error;
	holders_choose(&fifo->holders, waiter->task, !fifo->wait.writes);
	/* It has both ends open, so as to sleep until somebody comes. */
	if (!fifo->wait.writes && !fifo->holders.count)
		return 0;
	return add_edges(fifo, waiter, edges);
}

/* Whether @thread waits in open() for somebody to open the other end. */
static bool is_in_open(const struct blocked *thread)
{
	return thread->letter == 'S' && !strncmp(thread->syscall, "open", 4) &&
	       (sleeps_in(thread, "wait_for_partner") ||
		sleeps_in(thread, "fifo_open"));
}

/* Its path is in the memory of the process, which is not read. */
static int add_open(struct wait_edges *edges)
{
	struct wait_edge *edge;

	edge = waits_add(edges, WAIT_FIFO, NULL,
			 "open of a FIFO, whose other end is not open");
	if (!edge)
		return -ENOMEM;
	return waits_set(&edge->what,
			 "a process that opens the other end of a FIFO");
}

int wait_fifo(struct wait_context *context, const struct waiter *waiter,
	      struct wait_edges *edges)
{
	const struct blocked *thread = waiter->thread;
	struct fifo fifo = { .holders = { 0 } };
	int error;

	if (waiter->only_hard || !thread)
		return 0;
	if (is_in_open(thread))
		return add_open(edges);
	/* Only the kernel function tells it from any other file. */
	if (!pipe_wait_find(thread, &fifo.wait) || !fifo.wait.surely ||
	    !waiter_link(waiter, thread, fifo.wait.fd, fifo.link,
			 sizeof(fifo.link)) || fifo.link[0] != '/')
		return 0;
	fifo.name = strrchr(fifo.link, '/');
	error = find_holders(context->snapshot, waiter, &fifo, edges);
	file_id_clear(&fifo.id);
	holders_free(&fifo.holders);
	return error;
}
