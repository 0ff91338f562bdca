/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The stream of events that every command reads: each event once, in order of
 * sequence numbers, with an EVENT_LOST in the place of events that cannot be
 * had any more. It joins dumps (what is recorded) and the multicast group (what
 * happens) without a gap.
 */
#ifndef NSORPHAN_EVENT_SOURCE_H
#define NSORPHAN_EVENT_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "genl/event.h"

struct client;
struct event_source;
struct status;

/* The first event of a source. */
enum source_start {
	SOURCE_NOW,	/* the first that happens after event_source_open() */
	SOURCE_OLDEST,	/* the oldest that is recorded */
	SOURCE_SINCE,	/* the one with a given sequence number */
};

/* Return values of event_source_next(). */
enum {
	SOURCE_EVENT	= 1,	/* *event is set */
	SOURCE_IDLE	= 2,	/* no event yet: wait for event_source_fd() */
	SOURCE_END	= 3,	/* no more events; only without follow */
	SOURCE_STATUS	= 4,	/* event_source_status() has changed */
};

/*
 * Opens a source on @client, which stays the caller's and may be used by nobody
 * else until event_source_close(). @since is for SOURCE_SINCE. With @follow the
 * source goes on with events as they happen. Returns 0 or a negative errno of
 * client.h.
 */
int event_source_open(struct event_source **source, struct client *client,
		      enum source_start start, uint64_t since, bool follow);
void event_source_close(struct event_source *source);

/*
 * Reads the next event. Never waits for an event to happen, but may sleep until
 * the module hands over a recorded one. Returns a SOURCE_* or a negative errno
 * of client.h.
 */
int event_source_next(struct event_source *source, struct event *event);

/* Returns the descriptor that becomes readable when SOURCE_IDLE is over. */
int event_source_fd(const struct event_source *source);

/*
 * Returns the sequence number below which everything was delivered; valid after
 * SOURCE_IDLE.
 */
uint64_t event_source_position(const struct event_source *source);

/*
 * Returns the status as of the opening, or as the module announced it since:
 * its missed and mismatched are never old for long.
 */
const struct status *event_source_status(const struct event_source *source);

/*
 * Requests the status. Returns 0, -EAGAIN during a dump (there is none after
 * SOURCE_IDLE), or a negative errno of client.h.
 */
int event_source_ask_status(struct event_source *source, struct status *status);

#endif
