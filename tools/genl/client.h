/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The connection to the module over generic netlink: client.c has sockets and
 * requests, decode.c the attributes. Nothing else in the tool knows netlink.
 */
#ifndef NSORPHAN_CLIENT_H
#define NSORPHAN_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "genl/event.h"
#include "genl/filesystem.h"
#include "genl/life.h"
#include "genl/status.h"
#include "genl/teardown.h"
#include "genl/thread.h"

struct client;

/*
 * Functions that return an int return a negative errno on failure, among them
 *   -ENODEV	the module is not loaded, or was unloaded meanwhile
 *   -EPERM	CAP_SYS_ADMIN is missing
 *   -EPROTO	a malformed message
 *   -EINTR	SIGINT or SIGTERM was received: see poll_wait()
 * One request at a time: between client_dump() and the end of that dump no
 * other request may be made.
 *
 * Whoever gets an event, a teardown or a thread can ask container_of_event() for
 * its container: the path of that cgroup has been requested from the module.
 */

/*
 * A NULL client stands for a module that is not loaded: client_teardowns(),
 * client_lives() and client_threads() find none then, and client_filesystem() returns
 * -ENODEV.
 */

/* Connects to the module. On success, *@client is for client_close(). */
int client_open(struct client **client);

/* Closes @client; NULL is allowed. */
void client_close(struct client *client);

/* Requests the status. Returns 0 or a negative errno. */
int client_status(struct client *client, struct status *status);

/*
 * Sets the size of the receive buffer for events to @bytes, the kernel's
 * overhead included; the default holds about ten thousand events. To be called
 * before client_listen().
 */
void client_set_rcvbuf(struct client *client, int bytes);

/* Subscribes to events, for client_next(). Returns 0 or a negative errno. */
int client_listen(struct client *client);

/* Return values of client_next(). */
enum {
	CLIENT_EVENT,	/* *event is set */
	CLIENT_STATUS,	/* *status is set: missed or mismatched has risen */
};

/*
 * Receives what the module sent next, in its order; never sleeps. Returns a
 * CLIENT_* or a negative errno: -EAGAIN when nothing has arrived, -ENOBUFS when
 * the receive buffer overflowed and events were dropped; those that arrived
 * before that are still to be received.
 */
int client_next(struct client *client, struct event *event,
		struct status *status);

/* Returns the descriptor that is readable when client_next() has something. */
int client_fd(const struct client *client);

/*
 * Adds the running teardowns to @teardowns, which is for teardowns_free() after
 * a failure, too. Returns 0 or a negative errno.
 */
int client_teardowns(struct client *client, struct teardowns *teardowns);

/*
 * Adds the lives of containers to @lives, in order, which is for lives_free()
 * after a failure, too. Returns 0 or a negative errno.
 */
int client_lives(struct client *client, struct lives *lives);

/*
 * Adds the threads that live and fit @wanted to @threads, in order, which is for
 * threads_free() after a failure, too. Returns 0 or a negative errno.
 */
int client_threads(struct client *client, const struct thread_filter *wanted,
		   struct threads *threads);

/*
 * Writes the file system of @fd, a descriptor of this process that may be one of
 * O_PATH, to @filesystem, which is for filesystem_free() after a failure, too.
 * Never waits for the file system. Returns 0 or a negative errno, among them
 * -EBADF.
 */
int client_filesystem(struct client *client, int fd,
		      struct filesystem *filesystem);

/*
 * Starts a dump of the recorded events, from sequence number @since on (0: from
 * the oldest). Returns 0 or a negative errno.
 */
int client_dump(struct client *client, uint64_t since);

/*
 * Reads the next event of the dump; may sleep. Returns 1, 0 at the end of the
 * dump, or a negative errno.
 */
int client_dump_next(struct client *client, struct event *event);

/* Prints on standard error what @error, of a function above, means. */
void client_perror(int error);

#endif
