// SPDX-License-Identifier: GPL-2.0
#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "genl/client.h"
#include "genl/event-source.h"
#include "genl/history.h"
#include "lib/array.h"
#include "lib/poll.h"
#include "lib/signal-name.h"

/* Number of events between two checks for SIGINT and SIGTERM. */
#define EVENTS_PER_POLL	64

static void recent_add(struct recent *recent, const struct event *event)
{
	recent->events[recent->count++ % RECENT_MAX] = *event;
}

/* Whether @event is of the wanted namespace, or has the wanted process. */
static bool concerns(const struct event *event, const struct wanted *wanted)
{
	const struct process *process = event->process;
	int role;

	if (wanted->pidns && event->pidns == wanted->pidns)
		return true;
	if (wanted->container && event->container == wanted->container &&
	    event->hierarchy == wanted->hierarchy)
		return true;
	for (role = 0; role < ROLES; role++, process++) {
		if (!process->has)
			continue;
		if ((wanted->pid && process->pid == wanted->pid) ||
		    (wanted->pidns && process->pidns == wanted->pidns))
			return true;
	}
	return false;
}

static int add_subreaper(struct history *history,
			 const struct process *process)
{
	struct process *subreaper;

	if (history_subreaper(history, process))
		return 0;
	subreaper = array_add(&history->subreapers, &history->nr_subreapers,
			      sizeof(*subreaper));
	if (!subreaper)
		return -ENOMEM;
	*subreaper = *process;
	return 0;
}

static int add_orphan(struct history *history, const struct event *event)
{
	struct orphan *orphan;

	orphan = array_add(&history->orphans, &history->nr_orphans,
			   sizeof(*orphan));
	if (!orphan)
		return -ENOMEM;
	orphan->child = event->process[ROLE_CHILD];
	orphan->lost = event->process[ROLE_OLD_PARENT];
	orphan->seq = event->seq;
	orphan->boot_ns = event->boot_ns;
	if (event->reaper == NSORPHAN_REAPER_SUBREAPER)
		return add_subreaper(history, &event->process[ROLE_NEW_PARENT]);
	return 0;
}

static struct past_teardown *find_teardown(const struct history *history,
					   uint32_t pidns)
{
	size_t i;

	for (i = history->nr_teardowns; i > 0; i--)
		if (history->teardowns[i - 1].pidns == pidns)
			return &history->teardowns[i - 1];
	return NULL;
}

static int add_teardown(struct history *history, const struct event *event)
{
	bool begins = event->type == NSORPHAN_EVENT_TYPE_TEARDOWN_BEGIN;
	struct past_teardown *teardown = find_teardown(history, event->pidns);
	struct container container;

	/* The end of one that began before the module was loaded has no begin. */
	if (!teardown || begins || teardown->end.type) {
		teardown = array_add(&history->teardowns,
				     &history->nr_teardowns,
				     sizeof(*teardown));
		if (!teardown)
			return -ENOMEM;
		teardown->pidns = event->pidns;
	}
	if (begins)
		teardown->begin = *event;
	else
		teardown->end = *event;
	if (event_container_id(event, &container)) {
		memcpy(teardown->container, container.id, sizeof(container.id));
		teardown->container_user = container.user;
	}
	return 0;
}

static int add_signal(struct history *history, const struct event *event)
{
	struct sent_signal *signal;

	if (signal_is_daily(event->signal))
		return 0;
	signal = array_add(&history->signals, &history->nr_signals,
			   sizeof(*signal));
	if (!signal)
		return -ENOMEM;
	signal->target = event->process[ROLE_TARGET];
	signal->sent = (struct last_signal){
		.known = true,
		.signal = event->signal,
		.result = (enum nsorphan_signal_result)event->result,
		.seq = event->seq,
		.boot_ns = event->boot_ns,
		.sender = event->process[ROLE_SENDER],
	};
	return 0;
}

/* Takes @event into @history. Returns 0 or -ENOMEM. */
static int add_event(struct history *history, const struct wanted *wanted,
		     const struct event *event)
{
	/* Events were lost: the record is whole from the next one on. */
	if (event->type == EVENT_LOST) {
		history->whole_from = event->seq + event->count;
		history->whole_from_ns = UINT64_MAX;
		return 0;
	}
	if (!history->first_seq) {
		history->first_seq = event->seq;
		history->whole_from = event->seq;
	}
	if (event->seq == history->whole_from)
		history->whole_from_ns = event->boot_ns;
	if (concerns(event, wanted))
		recent_add(event->type == NSORPHAN_EVENT_TYPE_SIGNAL ?
			   &history->recent_signals : &history->recent, event);
	switch (event->type) {
	case NSORPHAN_EVENT_TYPE_REPARENT:
		return add_orphan(history, event);
	case NSORPHAN_EVENT_TYPE_TEARDOWN_BEGIN:
	case NSORPHAN_EVENT_TYPE_TEARDOWN_END:
		return add_teardown(history, event);
	case NSORPHAN_EVENT_TYPE_SIGNAL:
		return add_signal(history, event);
	default:
		return 0;
	}
}

static int by_child(const void *a, const void *b)
{
	const struct orphan *left = a, *right = b;

	if (left->child.pid != right->child.pid)
		return left->child.pid < right->child.pid ? -1 : 1;
	return (left->seq > right->seq) - (left->seq < right->seq);
}

static int by_target(const void *a, const void *b)
{
	const struct sent_signal *left = a, *right = b;

	if (left->target.pid != right->target.pid)
		return left->target.pid < right->target.pid ? -1 : 1;
	return (left->sent.seq > right->sent.seq) -
	       (left->sent.seq < right->sent.seq);
}

int history_read(struct client *client, const struct wanted *wanted,
		 struct history *history)
{
	uint64_t read = 0;
	struct event event;
	struct event_source *source;
	int result;

	*history = (struct history){ .absent = !client };
	if (!client)
		return 0;
	result = event_source_open(&source, client, SOURCE_OLDEST, 0, false);
	if (result)
		return result;
	history->recorded = event_source_status(source)->signals;
	history->loaded_ns = event_source_status(source)->loaded_ns;
	history->missed = event_source_status(source)->missed;
	while ((result = event_source_next(source, &event)) != SOURCE_END) {
		if (result == SOURCE_EVENT)
			result = add_event(history, wanted, &event);
		if (result >= 0 && ++read % EVENTS_PER_POLL == 0)
			result = poll_wait(NULL, 0, 0);
		if (result < 0)
			break;
	}
	event_source_close(source);
	if (result < 0) {
		history_free(history);
		return result;
	}
	if (history->nr_orphans)
		qsort(history->orphans, history->nr_orphans,
		      sizeof(*history->orphans), by_child);
	if (history->nr_signals)
		qsort(history->signals, history->nr_signals,
		      sizeof(*history->signals), by_target);
	return 0;
}

void history_free(struct history *history)
{
	free(history->teardowns);
	free(history->orphans);
	free(history->subreapers);
	free(history->signals);
	*history = (struct history){ 0 };
}

/* first_from() relies on it. */
static_assert(!offsetof(struct orphan, child), "begins with a process");
static_assert(!offsetof(struct sent_signal, target), "begins with a process");

/*
 * Returns the index of the first of @count elements of @size bytes, which begin
 * with a process and are sorted by its pid, whose pid is not below @pid.
 */
static size_t first_from(const void *elements, size_t count, size_t size,
			 uint32_t pid)
{
	size_t low = 0, high = count, middle;
	const struct process *process;

	while (low < high) {
		middle = low + (high - low) / 2;
		process = (const void *)((const char *)elements +
					 middle * size);
		if (process->pid < pid)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct orphan *history_orphan(const struct history *history,
				    const struct process *child)
{
	/* The end of the adoptions of this pid: the last one is before it. */
	size_t end = first_from(history->orphans, history->nr_orphans,
				sizeof(*history->orphans), child->pid + 1);

	if (!end || !process_same(&history->orphans[end - 1].child, child))
		return NULL;
	return &history->orphans[end - 1];
}

size_t history_signals(const struct history *history, uint32_t pid)
{
	return first_from(history->signals, history->nr_signals,
			  sizeof(*history->signals), pid);
}

bool history_subreaper(const struct history *history,
		       const struct process *process)
{
	size_t i;

	for (i = 0; i < history->nr_subreapers; i++)
		if (process_same(&history->subreapers[i], process))
			return true;
	return false;
}

const struct past_teardown *history_teardown(const struct history *history,
					     uint32_t pidns)
{
	return find_teardown(history, pidns);
}
