// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "explain/waits/holders.h"
#include "explain/waits/waiter.h"
#include "explain/waits/waits.h"
#include "proc/descriptors.h"
#include "proc/unix-peer.h"

/*
 * System calls that wait for the peer of the socket in their first argument. A
 * socket that is waited on in accept() has no peer.
 */
static const struct {
	const char	*name;
	const char	*action;
} syscalls[] = {
	{ "read", "read from" },
	{ "readv", "read from" },
	{ "recvfrom", "read from" },
	{ "recvmsg", "read from" },
	{ "recvmmsg", "read from" },
	{ "write", "write to" },
	{ "writev", "write to" },
	{ "sendto", "write to" },
	{ "sendmsg", "write to" },
	{ "sendmmsg", "write to" },
};

/* Returns what @thread does with a descriptor, or NULL. */
static const char *action_of(const struct blocked *thread)
{
	size_t i;

	if (thread->letter != 'S')
		return NULL;
	for (i = 0; i < ARRAY_SIZE(syscalls); i++)
		if (!strcmp(thread->syscall, syscalls[i].name))
			return syscalls[i].action;
	return NULL;
}

/* Adds all that have the socket of @link, the peer, open. */
static int add_peer(const struct descriptors *descriptors, const char *link,
		    struct holders *holders)
{
	const struct descriptor *found;
	size_t count, i;

	found = descriptors_find(descriptors, link, &count);
	for (i = 0; i < count; i++)
		if (holders_add(holders, found[i].task, true, false))
			return -ENOMEM;
	return 0;
}

/* Notes which of @holders have the socket of @link, the waiter's, open, too. */
static void note_own(const struct descriptors *descriptors, const char *link,
		     struct holders *holders)
{
	const struct descriptor *found;
	size_t count, i, j;

	found = descriptors_find(descriptors, link, &count);
	for (i = 0; i < holders->count; i++)
		for (j = 0; j < count; j++)
			if (found[j].task == holders->list[i].task)
				holders->list[i].same_end = true;
}

static int add_edges(const struct blocked *thread, uint64_t number,
		     const struct unix_peer *peer,
		     const struct holders *holders, struct wait_edges *edges)
{
	char what[64], action[160];

	snprintf(what, sizeof(what), "unix socket %llu",
		 (unsigned long long)number);
	snprintf(action, sizeof(action), "%s descriptor %u, %s",
		 action_of(thread), (unsigned int)thread->args[0], what);
	return holders_add_edges(holders, edges, WAIT_SOCKET, what, action,
				 peer->listens ? "has not accepted yet" :
						 "has the other end of");
}

/* Adds edges to those that have @peer of socket @number, @link, open. */
static int find_holders(struct wait_context *context,
			const struct waiter *waiter, const char *link,
			uint64_t number, const struct unix_peer *peer,
			struct wait_edges *edges)
{
	const struct descriptors *descriptors = waits_descriptors(context);
	const char *action = action_of(waiter->thread);
	bool reads = action && !strncmp(action, "read", strlen("read"));
	char other[DESCRIPTOR_LINK_SIZE];
	struct holders holders = { 0 };
	int error;

	if (!descriptors)
		return -ENOMEM;
	snprintf(other, sizeof(other), "socket:[%u]", peer->ino);
	error = add_peer(descriptors, other, &holders);
	if (!error) {
		note_own(descriptors, link, &holders);
		holders_choose(&holders, waiter->task, reads);
		error = add_edges(waiter->thread, number, peer, &holders,
				  edges);
	}
	holders_free(&holders);
	return error;
}

int wait_socket(struct wait_context *context, const struct waiter *waiter,
		struct wait_edges *edges)
{
	const struct blocked *thread = waiter->thread;
	char link[DESCRIPTOR_LINK_SIZE];
	struct unix_peer peer;
	uint64_t number;

	if (waiter->only_hard || !thread || !action_of(thread) ||
	    !waiter_link(waiter, thread, (unsigned int)thread->args[0], link,
			 sizeof(link)) ||
	    !link_number(link, "socket", &number) || number > UINT32_MAX ||
	    unix_peer_find(waiter->dir, (uint32_t)number, &peer))
		return 0;
	return find_holders(context, waiter, link, number, &peer, edges);
}
