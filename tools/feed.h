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

#include "event.h"

struct client;
struct feed;
struct status;

/* Where a feed begins. */
enum feed_start {
	FEED_NOW,	/* with what happens after feed_open() returned */
	FEED_OLDEST,	/* with the oldest event that is recorded */
	FEED_SINCE,	/* with sequence number since */
};

/* What feed_next() returns, or a negative errno of client.h. */
enum {
	FEED_EVENT	= 1,	/* an event */
	FEED_IDLE	= 2,	/* no event for now: wait for feed_fd() */
	FEED_END	= 3,	/* no event any more: it was not to follow */
	FEED_STATUS	= 4,	/* feed_told_status() is a new one; go on */
};

/*
 * Opens a feed on @client, which stays the caller's and which nobody else uses
 * until feed_close(). With @follow it goes on with events as they happen.
 * Returns 0 or a negative errno of client.h.
 */
int feed_open(struct feed **feed, struct client *client, enum feed_start start,
	      uint64_t since, bool follow);
void feed_close(struct feed *feed);

/* Never waits for events, but may for a recorded one to be handed over. */
int feed_next(struct feed *feed, struct event *event);

/* Becomes readable after FEED_IDLE when feed_next() has more. */
int feed_fd(const struct feed *feed);

/* After FEED_IDLE: no event with a number below this will come any more. */
uint64_t feed_position(const struct feed *feed);

/*
 * The status as it was when the feed was opened, or as the module announced it
 * since: missed and mismatched in it are never old for long.
 */
const struct status *feed_told_status(const struct feed *feed);

/*
 * Asks for the status. Returns 0, -EAGAIN when the feed itself waits for an
 * answer (after FEED_IDLE it never does), or a negative errno of client.h.
 */
int feed_status(struct feed *feed, struct status *status);

#endif
