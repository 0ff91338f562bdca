// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "genl/client.h"
#include "genl/event-source.h"
#include "lib/clock.h"

/*
 * How often a dump is resumed that a writer holds up, 50 ms each time: the
 * virtual processor of that writer may not run for so long.
 */
#define DUMPS_RESUMED_MAX	20

struct event_source {
	struct client *client;
	struct status status;	/* at the start, or last announced */
	bool follow;
	bool started;		/* next is known */
	uint64_t next;		/* sequence number to deliver next */
	uint64_t until;		/* without follow: end of the wanted numbers */

	bool dumping;		/* events come from a dump, not the group */
	unsigned int resumed;	/* dumps begun since one had an event */
	bool overrun;		/* the socket dropped events */
	bool status_stale;	/* an announcement may have been dropped, too */

	struct event held;	/* arrived before its predecessors */
	bool holding;		/* held is set */
};

static int start_dump(struct event_source *source)
{
	int error;

	error = client_dump(source->client, source->started ? source->next : 0);
	if (!error)
		source->dumping = true;
	return error;
}

int event_source_open(struct event_source **sourcep, struct client *client,
		      enum source_start start, uint64_t since, bool follow)
{
	struct event_source *source;
	int error;

	source = calloc(1, sizeof(*source));
	if (!source)
		return -ENOMEM;
	source->client = client;
	source->follow = follow;

	/* Subscribe before asking: no event falls between the two. */
	error = follow ? client_listen(client) : 0;
	if (!error)
		error = client_status(client, &source->status);
	if (error)
		goto err_free;

	source->until = source->status.next_seq;
	switch (start) {
	case SOURCE_NOW:
		source->next = source->status.next_seq;
		source->started = true;
		break;
	case SOURCE_OLDEST:
		/*
		 * Not from status.oldest_seq on: that event may be overwritten
		 * before the dump begins and would then be reported as lost,
		 * though nobody asked for it by number.
		 */
		break;
	case SOURCE_SINCE:
		/* Events are numbered from 1. */
		source->next = since ? since : 1;
		source->started = true;
		break;
	}
	if (start != SOURCE_NOW)
		error = start_dump(source);
	if (error)
		goto err_free;
	*sourcep = source;
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
	return &source->status;
}

int event_source_ask_status(struct event_source *source, struct status *status)
{
	if (source->dumping)
		return -EAGAIN;
	return client_status(source->client, status);
}

/* Makes @event an EVENT_LOST for all that is missing below @seq. */
static void report_lost(struct event_source *source, uint64_t seq,
			struct event *event)
{
	*event = (struct event){
		.type = EVENT_LOST,
		.seq = source->next,
		.boot_ns = clock_boot_ns(),
		.count = seq - source->next,
	};
	source->next = seq;
}

/*
 * Prepares @event, the newest that was read, for delivery: where events are
 * missing before it, it is held, and @event becomes their EVENT_LOST. Returns
 * false where it was delivered before.
 */
static bool deliver(struct event_source *source, struct event *event)
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
		report_lost(source, event->seq, event);
		return true;
	}
	source->next++;
	return true;
}

/* Requests the status again. Returns SOURCE_STATUS or a negative errno. */
static int refresh_status(struct event_source *source)
{
	int error;

	source->status_stale = false;
	error = client_status(source->client, &source->status);
	return error ? error : SOURCE_STATUS;
}

/* Starts another dump where the last one left off. */
static int resume_dump(struct event_source *source)
{
	source->resumed++;
	return start_dump(source);
}

/*
 * Ends a dump. Returns what event_source_next() returns, or 0 to go on reading.
 */
static int end_dump(struct event_source *source, struct event *event)
{
	source->dumping = false;

	if (!source->started) {
		source->next = source->until;
		source->started = true;
	}
	if (source->follow)
		return source->status_stale ? refresh_status(source) : 0;
	if (source->next >= source->until)
		return SOURCE_END;

	/*
	 * The dump ended early: its last events were overwritten meanwhile.
	 * Newer events may have taken their place: try once more.
	 */
	if (!source->resumed)
		return resume_dump(source);
	report_lost(source, source->until, event);
	return SOURCE_EVENT;
}

static int next_dumped(struct event_source *source, struct event *event)
{
	int result;

	result = client_dump_next(source->client, event);
	/* A writer was not done in the time that the module waits for it. */
	if (result == -EAGAIN) {
		if (source->resumed < DUMPS_RESUMED_MAX)
			return resume_dump(source);
		/* Its event and those behind it will not come: count them. */
		if (!source->started) {
			source->next = source->status.oldest_seq;
			source->started = true;
		}
		result = 0;
	}
	if (result < 0)
		return result;
	if (!result)
		return end_dump(source, event);
	source->resumed = 0;
	return deliver(source, event) ? SOURCE_EVENT : 0;
}

static int next_sent(struct event_source *source, struct event *event)
{
	int result;

	result = client_next(source->client, event, &source->status);
	switch (result) {
	case CLIENT_EVENT:
		break;
	case CLIENT_STATUS:
		return SOURCE_STATUS;
	case -ENOBUFS:
		/*
		 * The kernel drops events until the socket has been read
		 * empty: only a dump that starts after that is complete.
		 */
		source->overrun = true;
		source->status_stale = true;
		return 0;
	case -EAGAIN:
		if (!source->overrun)
			return SOURCE_IDLE;
		source->overrun = false;
		return start_dump(source);
	default:
		return result;
	}

	/* A gap: a dump has the missing events, and most often this one too. */
	if (event->seq > source->next) {
		source->held = *event;
		source->holding = true;
		return start_dump(source);
	}
	return deliver(source, event) ? SOURCE_EVENT : 0;
}

int event_source_next(struct event_source *source, struct event *event)
{
	int result;

	do {
		if (source->holding &&
		    (!source->dumping || source->held.seq == source->next)) {
			*event = source->held;
			source->holding = false;
			result = deliver(source, event) ? SOURCE_EVENT : 0;
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
