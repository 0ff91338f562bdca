// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>

#include "explain/waits/holders.h"
#include "explain/waits/pipe-wait.h"
#include "explain/waits/waiter.h"
#include "explain/waits/waits.h"
#include "proc/descriptors.h"

/* Adds all that have the pipe of @link open; it is waited for at one end. */
static int add_holders(const struct descriptors *descriptors, const char *link,
		       bool writes, struct holders *holders)
{
	const struct descriptor *found;
	size_t count, i;
	int access;

	found = descriptors_find(descriptors, link, &count);
	for (i = 0; i < count; i++) {
		access = descriptor_access(&found[i]);
		if (access >= 0 &&
		    holders_add(holders, found[i].task,
				pipe_end_is(access, !writes),
				pipe_end_is(access, writes)))
			return -ENOMEM;
	}
	return 0;
}

static int add_edges(const struct pipe_wait *wait, uint64_t number,
		     const struct holders *holders, struct wait_edges *edges)
{
	char what[48], action[128];

	snprintf(what, sizeof(what), "pipe %llu",
		 (unsigned long long)number);
	snprintf(action, sizeof(action), "%s descriptor %u, %s",
		 wait->writes ? "write to" : "read from", wait->fd, what);
	return holders_add_edges(holders, edges, WAIT_PIPE, what, action,
				 wait->writes ? "has open for reading" :
						"has open for writing");
}

int wait_pipe(struct wait_context *context, const struct waiter *waiter,
	      struct wait_edges *edges)
{
	const struct descriptors *descriptors;
	struct holders holders = { 0 };
	char link[DESCRIPTOR_LINK_SIZE];
	struct pipe_wait wait;
	uint64_t number;
	int error;

	if (waiter->only_hard || !waiter->thread ||
	    !pipe_wait_find(waiter->thread, &wait) ||
	    !waiter_link(waiter, waiter->thread, wait.fd, link, sizeof(link)) ||
	    !link_number(link, "pipe", &number))
		return 0;
	descriptors = waits_descriptors(context);
	if (!descriptors)
		return -ENOMEM;
	error = add_holders(descriptors, link, wait.writes, &holders);
	if (!error) {
		holders_choose(&holders, waiter->task, !wait.writes);
		error = add_edges(&wait, number, &holders, edges);
	}
	holders_free(&holders);
	return error;
}
