// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "genl/client.h"
#include "lib/clock.h"
#include "genl/event-source.h"

struct event_source {
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

static int start_dump(struct event_source *source)
{
	int error;

	error = client_dump(source->client, source->started ? source->next : 0);
	if (!error)
		source->dumping = true;
	return error;
}

int event_source_open(struct event_source **feedp, struct client *client, enum source_start start,
	      uint64_t since, bool follow)
{
	struct event_source *source;
	int error;

	source = calloc(1, sizeof(*source));
	if (!source)
		return -ENOMEM;
	source->client = client;
	source->follow = follow;

	/* First join, then ask: nothing can happen between the two unseen. */
	error = follow ? client_listen(client) : 0;
	if (!error)
		error = client_status(client, &source->told);
	if (error)
		goto err_free;

	source->until = source->told.next_seq;
	switch (start) {
	case SOURCE_NOW:
		source->next = source->told.next_seq;
		source->started = true;
		break;
	case SOURCE_OLDEST:
		/*
		 * Not told.oldest_seq: it may be overwritten before the dump
		 * comes to it, and who asks for all there is misses nothing.
		 */
		break;
	case SOURCE_SINCE:
		/* They are numbered from 1; no event 0 was ever lost. */
		source->next = since ? since : 1;
		source->started = true;
		break;
	}
	if (start != SOURCE_NOW)
		error = start_dump(source);
	if (error)
		goto err_free;
	*feedp = source;
	return 0;

err_free:
	free(source);
	return error;
}

void event_source_close(struct event_source *source)
{
	free(source);
}

int event_source_fd(const struct event_source *source)
{
	return client_fd(source->client);
}

uint64_t event_source_position(const struct event_source *source)
{
	return source->next;
}

const struct status *event_source_status(const struct event_source *source)
{
	return &source->told;
}

int event_source_ask_status(struct event_source *source, struct status *status)
{
	return source->dumping ? -EAGAIN : client_status(source->client, status);
}

/* Everything below @seq that was not delivered is lost; says so in @event. */
static void lose(struct event_source *source, uint64_t seq, struct event *event)
{
	*event = (struct event){
		.type = EVENT_LOST,
		.seq = source->next,
		.boot_ns = clock_boot_ns(),
		.count = seq - source->next,
	};
	source->next = seq;
}

/* Whether @event is to be delivered now; where it is not, it is an old one. */
static bool take(struct event_source *source, struct event *event)
{
	if (!source->started) {
		source->next = event->seq;
		source->started = true;
	}
	if (event->seq < source->next)
		return false;
	if (event->seq > source->next) {
		source->held = *event;
		source->holding = true;
		lose(source, event->seq, event);
		return true;
	}
	source->next++;
	return true;
}

static int ask_status(struct event_source *source)
{
	int error;

	source->untold = false;
	error = client_status(source->client, &source->told);
	return error ? error : SOURCE_STATUS;
}

/* What comes after the last event of a dump: 0 for go on reading. */
static int end_dump(struct event_source *source, struct event *event)
{
	source->dumping = false;

	if (!source->started) {
		source->next = source->until;
		source->started = true;
	}
	if (source->follow)
		return source->untold ? ask_status(source) : 0;
	if (source->next >= source->until)
		return SOURCE_END;

	/*
	 * It ended early: its last events were overwritten meanwhile, or were
	 * just being written. The latter are there by now.
	 */
	if (!source->again) {
		source->again = true;
		return start_dump(source);
	}
	lose(source, source->until, event);
	return SOURCE_EVENT;
}

static int next_dumped(struct event_source *source, struct event *event)
{
	int result;

	result = client_dumped(source->client, event);
	if (result < 0)
		return result;
	if (!result)
		return end_dump(source, event);
	return take(source, event) ? SOURCE_EVENT : 0;
}

static int next_sent(struct event_source *source, struct event *event)
{
	int result;

	result = client_next(source->client, event, &source->told);
	switch (result) {
	case CLIENT_EVENT:
		break;
	case CLIENT_STATUS:
		return SOURCE_STATUS;
	case -ENOBUFS:
		/*
		 * The kernel drops events until the socket has been read
		 * empty: only a dump that starts after that has them all.
		 */
		source->overrun = true;
		source->untold = true;
		return 0;
	case -EAGAIN:
		if (!source->overrun)
			return SOURCE_IDLE;
		source->overrun = false;
		return start_dump(source);
	default:
		return result;
	}

	/* A gap: the dump has what is missing, and most often this one too. */
	if (event->seq > source->next) {
		source->held = *event;
		source->holding = true;
		return start_dump(source);
	}
	return take(source, event) ? SOURCE_EVENT : 0;
}

int event_source_next(struct event_source *source, struct event *event)
{
	int result;

	do {
		if (source->holding &&
		    (!source->dumping || source->held.seq == source->next)) {
			*event = source->held;
			source->holding = false;
			result = take(source, event) ? SOURCE_EVENT : 0;
		} else if (source->dumping) {
			result = next_dumped(source, event);
		} else if (source->follow) {
			result = next_sent(source, event);
		} else {
			result = SOURCE_END;
		}
	} while (!result);
	return result;
}
