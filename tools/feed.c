// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "client.h"
#include "clock.h"
#include "feed.h"

struct feed {
	struct client *client;
	struct status told;	/* by the module, unasked but at the start */
	bool follow;
	bool started;		/* next is known */
	uint64_t next;		/* sequence number of the event to deliver next */
	uint64_t until;		/* not to follow: the first that is not wanted */

	bool dumping;		/* events come from a dump, not from the group */
	bool again;		/* that dump is the second attempt */
	bool overrun;		/* the socket lost events; where is unknown */
	bool untold;		/* an announcement may have been among them */

	struct event held;	/* one that waits for those before it */
	bool holding;
};

static int start_dump(struct feed *feed)
{
	int error;

	error = client_dump(feed->client, feed->started ? feed->next : 0);
	if (!error)
		feed->dumping = true;
	return error;
}

int feed_open(struct feed **feedp, struct client *client, enum feed_start start,
	      uint64_t since, bool follow)
{
	struct feed *feed;
	int error;

	feed = calloc(1, sizeof(*feed));
	if (!feed)
		return -ENOMEM;
	feed->client = client;
	feed->follow = follow;

	/* First join, then ask: nothing can happen between the two unseen. */
	error = follow ? client_listen(client) : 0;
	if (!error)
		error = client_status(client, &feed->told);
	if (error)
		goto err_free;

	feed->until = feed->told.next_seq;
	switch (start) {
	case FEED_NOW:
		feed->next = feed->told.next_seq;
		feed->started = true;
		break;
	case FEED_OLDEST:
		/*
		 * Not told.oldest_seq: it may be overwritten before the dump
		 * comes to it, and who asks for all there is misses nothing.
		 */
		break;
	case FEED_SINCE:
		/* They are numbered from 1; no event 0 was ever lost. */
		feed->next = since ? since : 1;
		feed->started = true;
		break;
	}
	if (start != FEED_NOW)
		error = start_dump(feed);
	if (error)
		goto err_free;
	*feedp = feed;
	return 0;

err_free:
	free(feed);
	return error;
}

void feed_close(struct feed *feed)
{
	free(feed);
}

int feed_fd(const struct feed *feed)
{
	return client_fd(feed->client);
}

uint64_t feed_position(const struct feed *feed)
{
	return feed->next;
}

const struct status *feed_told_status(const struct feed *feed)
{
	return &feed->told;
}

int feed_status(struct feed *feed, struct status *status)
{
	return feed->dumping ? -EAGAIN : client_status(feed->client, status);
}

/* Everything below @seq that was not delivered is lost; says so in @event. */
static void lose(struct feed *feed, uint64_t seq, struct event *event)
{
	*event = (struct event){
		.type = EVENT_LOST,
		.seq = feed->next,
		.boot_ns = clock_boot_ns(),
		.count = seq - feed->next,
	};
	feed->next = seq;
}

/* Whether @event is to be delivered now; where it is not, it is an old one. */
static bool take(struct feed *feed, struct event *event)
{
	if (!feed->started) {
		feed->next = event->seq;
		feed->started = true;
	}
	if (event->seq < feed->next)
		return false;
	if (event->seq > feed->next) {
		feed->held = *event;
		feed->holding = true;
		lose(feed, event->seq, event);
		return true;
	}
	feed->next++;
	return true;
}

static int ask_status(struct feed *feed)
{
	int error;

	feed->untold = false;
	error = client_status(feed->client, &feed->told);
	return error ? error : FEED_STATUS;
}

/* What comes after the last event of a dump: 0 for go on reading. */
static int end_dump(struct feed *feed, struct event *event)
{
	feed->dumping = false;

	if (!feed->started) {
		feed->next = feed->until;
		feed->started = true;
	}
	if (feed->follow)
		return feed->untold ? ask_status(feed) : 0;
	if (feed->next >= feed->until)
		return FEED_END;

	/*
	 * It ended early: its last events were overwritten meanwhile, or were
	 * just being written. The latter are there by now.
	 */
	if (!feed->again) {
		feed->again = true;
		return start_dump(feed);
	}
	lose(feed, feed->until, event);
	return FEED_EVENT;
}

static int next_dumped(struct feed *feed, struct event *event)
{
	int result;

	result = client_dumped(feed->client, event);
	if (result < 0)
		return result;
	if (!result)
		return end_dump(feed, event);
	return take(feed, event) ? FEED_EVENT : 0;
}

static int next_sent(struct feed *feed, struct event *event)
{
	int result;

	result = client_next(feed->client, event, &feed->told);
	switch (result) {
	case CLIENT_EVENT:
		break;
	case CLIENT_STATUS:
		return FEED_STATUS;
	case -ENOBUFS:
		/*
		 * The kernel drops events until the socket has been read
		 * empty: only a dump that starts after that has them all.
		 */
		feed->overrun = true;
		feed->untold = true;
		return 0;
	case -EAGAIN:
		if (!feed->overrun)
			return FEED_IDLE;
		feed->overrun = false;
		return start_dump(feed);
	default:
		return result;
	}

	/* A gap: the dump has what is missing, and most often this one too. */
	if (event->seq > feed->next) {
		feed->held = *event;
		feed->holding = true;
		return start_dump(feed);
	}
	return take(feed, event) ? FEED_EVENT : 0;
}

int feed_next(struct feed *feed, struct event *event)
{
	int result;

	do {
		if (feed->holding &&
		    (!feed->dumping || feed->held.seq == feed->next)) {
			*event = feed->held;
			feed->holding = false;
			result = take(feed, event) ? FEED_EVENT : 0;
		} else if (feed->dumping) {
			result = next_dumped(feed, event);
		} else if (feed->follow) {
			result = next_sent(feed, event);
		} else {
			result = FEED_END;
		}
	} while (!result);
	return result;
}
