/* SPDX-License-Identifier: GPL-2.0 */
/* The module, over generic netlink. Nothing else in the tool knows netlink. */
#ifndef NSORPHAN_CLIENT_H
#define NSORPHAN_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "genl/event.h"

struct client;

/* One that is watched: a kernel function, or a tracepoint. */
struct probe {
	char		symbol[64];
	uint64_t	missed;
};

/* More than any module of this version has. */
#define PROBES_MAX	8

/* What status-get answers; the words are those of uapi/nsorphan.yaml. */
struct status {
	char		version[64];
	char		kernel[128];
	char		reparent_probe[64];
	char		teardown_probe[64];
	uint32_t	records;
	uint64_t	bytes;		/* of memory, for these */
	uint64_t	oldest_seq;
	uint64_t	next_seq;
	uint64_t	overwritten;
	uint64_t	dropped;
	uint64_t	missed;		/* the sum over all probes */
	uint64_t	mismatched;
	uint32_t	readers;
	uint32_t	teardowns;
	bool		verify;
	uint32_t	stall_ms;
	uint32_t	signals;	/* enum nsorphan_signals */
	unsigned int	nr_probes;
	struct probe	probes[PROBES_MAX];
};

/*
 * Every function below returns a negative errno where it fails, among them
 *   -ENODEV	the module is not loaded, or was unloaded meanwhile
 *   -EPERM	CAP_SYS_ADMIN is missing
 *   -EINTR	SIGINT or SIGTERM came
 */

/* Finds the module. The client is for client_close(). */
int client_open(struct client **client);
void client_close(struct client *client);

/* Asks for the status. Not between client_dump() and its end. */
int client_status(struct client *client, struct status *status);

/*
 * Before client_listen(): how many bytes of events, with what the kernel needs
 * to keep them, may wait to be read. Without it, room for some ten thousand.
 */
void client_set_rcvbuf(struct client *client, int bytes);

/* From here on events are kept for client_next(). */
int client_listen(struct client *client);

/* What client_next() returns. */
enum {
	CLIENT_EVENT,	/* *event is set */
	CLIENT_STATUS,	/* *status is set: something was missed, or mismatched */
};

/*
 * What the module sent next, in its order. Never waits. -EAGAIN when there is
 * nothing for now, -ENOBUFS when some was too much for the socket; what did fit
 * is still to come.
 */
int client_next(struct client *client, struct event *event,
		struct status *status);

/* The descriptor that becomes readable when client_next() has something. */
int client_fd(const struct client *client);

/*
 * Adds the teardowns that are running now to @teardowns, which is for
 * teardowns_free() where this fails, too. Not between client_dump() and its end.
 */
struct teardowns;
int client_teardowns(struct client *client, struct teardowns *teardowns);

/* Starts a dump of what is recorded, from sequence number @since (0: all). */
int client_dump(struct client *client, uint64_t since);

/* The next event of the dump. Returns 1, or 0 when it is over. */
int client_dumped(struct client *client, struct event *event);

/* Says on standard error what @error, of one of the above, means to a user. */
void client_perror(int error);

/*
 * Decodes an event message, header included, as the kernel sent it. Returns
 * 0, or -EPROTO when it is none.
 */
struct nlmsghdr;
int client_decode(const struct nlmsghdr *nlh, struct event *event);

#endif
