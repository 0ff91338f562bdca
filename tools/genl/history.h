/* SPDX-License-Identifier: GPL-2.0 */
/* The record of the module, indexed by the processes that it is about. */
#ifndef NSORPHAN_HISTORY_H
#define NSORPHAN_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "genl/event.h"
#include "proc/container.h"

struct client;

/* Number of the last events that struct recent keeps. */
#define RECENT_MAX	32

/* An adoption: the orphan, and the parent that it lost. */
struct orphan {
	struct process	child;
	struct process	lost;
	uint64_t	seq;
	uint64_t	boot_ns;	/* since boot */
};

/* A recorded teardown; an event type of 0 stands for no event. */
struct past_teardown {
	uint32_t	pidns;
	struct event	begin;
	struct event	end;
	char		container[CONTAINER_SIZE];	/* id; empty: unknown */
	uint32_t	container_user;	/* see container_user() */
};

/* How much is recorded of the signals to a process. */
enum signal_coverage {
	COVERAGE_ALL,
	COVERAGE_LATE,	/* all since the module was loaded, later than the process */
	COVERAGE_SOME,	/* some may be missing */
	COVERAGE_OFF,	/* none: excluded by the module's parameter signals */
	COVERAGE_NONE,	/* none: the module is not loaded */
};

/* The last signal that a process was sent. */
struct last_signal {
	bool		known;		/* one is recorded */
	uint32_t	signal;
	enum nsorphan_signal_result result;
	uint64_t	seq;
	uint64_t	boot_ns;	/* since boot */
	struct process	sender;		/* has is 0: the kernel */
	bool		asks;		/* main to end: see explain/asks.h */
	uint32_t	count;		/* of this signal to main; 0: unknown */
	enum signal_coverage record;	/* of signals to the process */
};

/* A recorded signal; not one that every process gets all the time. */
struct sent_signal {
	struct process	target;
	struct last_signal	sent;
};

/* The last RECENT_MAX of @count events; number N is at index N % RECENT_MAX. */
struct recent {
	struct event	events[RECENT_MAX];
	size_t		count;
};

struct history {
	struct orphan	*orphans;	/* by pid of the child, then by seq */
	size_t		nr_orphans;
	struct process	*subreapers;	/* that adopted an orphan */
	size_t		nr_subreapers;
	struct past_teardown	*teardowns;
	size_t		nr_teardowns;
	struct sent_signal *signals;	/* by pid of the target, then by seq */
	size_t		nr_signals;
	struct recent	recent;		/* wanted events, without signals */
	struct recent	recent_signals;	/* wanted signals */
	uint64_t	first_seq;	/* of the oldest event; 0: none */
	uint64_t	whole_from;	/* seq from which on no event is lost */
	uint64_t	whole_from_ns;	/* the same, since boot */
	uint64_t	loaded_ns;	/* of struct status */
	uint32_t	recorded;	/* enum nsorphan_signals */
	bool		missed;		/* probe hits were missed */
	bool		absent;		/* the module is not loaded */
};

/* Whose events are kept as recent; 0: none. */
struct wanted {
	uint32_t	pidns;		/* inode number */
	uint32_t	pid;		/* in the initial pid namespace */
	uint64_t	container;	/* as in struct event, like the next */
	uint32_t	hierarchy;
};

/*
 * Reads all recorded events, none where @client is NULL; may sleep. Returns 0 or a
 * negative errno of client.h. On success @history is for history_free().
 */
int history_read(struct client *client, const struct wanted *wanted,
		 struct history *history);
void history_free(struct history *history);

/* Returns the last adoption of @child, or NULL. */
const struct orphan *history_orphan(const struct history *history,
				    const struct process *child);

/*
 * Returns the index in history->signals where the signals to @pid begin; there
 * may be none.
 */
size_t history_signals(const struct history *history, uint32_t pid);

/* Whether @process is recorded as an adopter since it is a subreaper. */
bool history_subreaper(const struct history *history,
		       const struct process *process);

/* Returns the last teardown of @pidns (inode numbers are reused), or NULL. */
const struct past_teardown *history_teardown(const struct history *history,
					     uint32_t pidns);

#endif
