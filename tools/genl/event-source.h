/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The stream of events that every command reads: each event once, in order of
 * its sequence number, and an EVENT_LOST in the place of those that nobody can
 * have any more.
 */
#ifndef NSORPHAN_FEED_H
#define NSORPHAN_FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "genl/event.h"

struct client;
struct event_source;
struct status;

/* Where a feed begins. */
enum source_start {
	SOURCE_NOW,	/* with what happens after event_source_open() returned */
	SOURCE_OLDEST,	/* with the oldest event that is recorded */
	SOURCE_SINCE,	/* with sequence number since */
};

/* What event_source_next() returns, or a negative errno of client.h. */
enum {
	SOURCE_EVENT	= 1,	/* an event */
	SOURCE_IDLE	= 2,	/* no event for now: wait for event_source_fd() */
	SOURCE_END	= 3,	/* no event any more: it was not to follow */
	SOURCE_STATUS	= 4,	/* event_source_status() is a new one; go on */
};

/*
 * Opens a feed on @client, which stays the caller's and which nobody else uses
 * until event_source_close(). With @follow it goes on with events as they happen.
 * Returns 0 or a negative errno of client.h.
 */
int event_source_open(struct event_source **source, struct client *client, enum source_start start,
	      uint64_t since, bool follow);
void event_source_close(struct event_source *source);

/* Never waits for events, but may for a recorded one to be handed over. */
int event_source_next(struct event_source *source, struct event *event);

/* Becomes readable after SOURCE_IDLE when event_source_next() has more. */
int event_source_fd(const struct event_source *source);

/* After SOURCE_IDLE: no event with a number below this will come any more. */
uint64_t event_source_position(const struct event_source *source);

/*
 * The status as it was when the feed was opened, or as the module announced it
 * since: missed and mismatched in it are never old for long.
 */
const struct status *event_source_status(const struct event_source *source);

/*
 * Asks for the status. Returns 0, -EAGAIN when the feed itself waits for an
 * answer (after SOURCE_IDLE it never does), or a negative errno of client.h.
 */
int event_source_ask_status(struct event_source *source, struct status *status);

#endif
