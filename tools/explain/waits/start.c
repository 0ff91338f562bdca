// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/waits/waiter.h"
#include "explain/waits/waits.h"
#include "proc/descriptors.h"

/* The FIFO in the folder ROOT/ID that runc and crun keep for a container. */
#define FIFO_NAME	"/exec.fifo"

/* A container that was created, and is to be started. */
struct start {
	bool		in_open;	/* as runc waits; else as crun */
	char		link[PATH_MAX];	/* of its FIFO; empty: none */
};

/* Characters that neither a shell nor such a path has another meaning for. */
static bool is_plain(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("_+.-/", text[i]))
			return false;
	return len;
}

/*
 * Splits @link, ROOT/ID/exec.fifo, where a command can have both in it. Returns
 * the length of ROOT, which ID of *@id_len bytes follows after a slash, or 0.
 */
static size_t split_link(const char *link, size_t *id_len)
{
	size_t len = strlen(link), root;

	if (len <= strlen(FIFO_NAME))
		return 0;
	len -= strlen(FIFO_NAME);
	if (link[0] != '/' || strcmp(link + len, FIFO_NAME) ||
	    !is_plain(link, len))
		return 0;
	for (root = len; link[root - 1] != '/'; root--)
		;
	*id_len = len - root;
	return *id_len && link[root] != '-' ? root - 1 : 0;
}

/* Sets the command that starts the container, if it can be told. */
static int set_remedy(struct wait_edge *edge, const struct start *start)
{
	const char *program = start->in_open ? "runc" : "crun";
	size_t root, id_len;

	root = split_link(start->link, &id_len);
	if (!root)
		return 0;
	/* That of root is the default. */
	if (root == strlen("/run/") + strlen(program) &&
	    !strncmp(start->link, "/run/", 5) &&
	    !strncmp(start->link + 5, program, strlen(program)))
		return waits_set(&edge->remedy, "%s start %.*s", program,
				 (int)id_len, start->link + root + 1);
	return waits_set(&edge->remedy, "%s --root %.*s start %.*s", program,
			 (int)root, start->link, (int)id_len,
			 start->link + root + 1);
}

/* Ends the walk at the descriptor of the FIFO. */
static int find_fifo(const struct descriptor *found, const char *link, int dir,
		     void *context)
{
	struct start *start = context;
	size_t len = strlen(link);

	(void)found;
	(void)dir;
	if (len < strlen(FIFO_NAME) ||
	    strcmp(link + len - strlen(FIFO_NAME), FIFO_NAME))
		return 0;
	memcpy(start->link, link, len + 1);
	return 1;
}

/* runc opens the FIFO, and is in that until start opens it, too. */
static bool is_in_open(const struct blocked *thread)
{
	return thread->letter == 'S' && !strncmp(thread->syscall, "open", 4) &&
	       (!thread->wchan[0] || sleeps_in(thread, "wait_for_partner") ||
		sleeps_in(thread, "fifo_open"));
}

/* crun has it open, and waits until it can read from it. */
static bool is_in_select(const struct blocked *thread)
{
	const char *name = thread->syscall;

	return thread->letter == 'S' &&
	       (!strcmp(name, "select") || !strcmp(name, "_newselect") ||
		!strncmp(name, "pselect6", 8));
}

static const struct blocked *
find_thread(const struct waiter *waiter, bool is(const struct blocked *thread))
{
	size_t i;

	for (i = 0; i < waiter->threads->count; i++)
		if (is(&waiter->threads->list[i]))
			return &waiter->threads->list[i];
	return NULL;
}

/* Whether @waiter is such a container. */
static bool find_start(const struct waiter *waiter, struct start *start)
{
	bool runc = !strncmp(waiter->task->process.comm, "runc:[", 6);

	start->in_open = find_thread(waiter, is_in_open);
	if (!start->in_open && !find_thread(waiter, is_in_select))
		return false;
	descriptors_walk_task(waiter->task, find_fifo, start);
	return start->link[0] || (start->in_open && runc);
}

int wait_start(struct wait_context *context, const struct waiter *waiter,
	       struct wait_edges *edges)
{
	struct start start = { .in_open = false };
	struct wait_edge *edge;

	(void)context;
	/* It waits so whether it was asked for anything or not. */
	if (waiter->killed || !find_start(waiter, &start))
		return 0;
	edge = waits_add(edges, WAIT_START, NULL,
			 "created, not started: waits at %s",
			 start.link[0] ? start.link : "its exec.fifo");
	if (!edge || waits_set(&edge->what, "the start of the container"))
		return -ENOMEM;
	return set_remedy(edge, &start);
}
