/* SPDX-License-Identifier: GPL-2.0 */
/* What is recorded, put in order by what it says of those who live now. */
#ifndef NSORPHAN_HISTORY_H
#define NSORPHAN_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proc/container.h"
#include "genl/event.h"

struct client;

/* Of the events in question so many are kept of each kind, the last. */
#define RECENT_MAX	32

/* An orphan, and the parent that it lost. */
struct orphan {
	struct process	child;
	struct process	lost;
	uint64_t	seq;
	uint64_t	boot_ns;
};

/* The teardown of a namespace; a type of 0 stands for no event. */
struct past_teardown {
	uint32_t	pidns;
	struct event	begin;
	struct event	end;
	char		container[CONTAINER_SIZE];	/* empty: unknown */
};

/* What is recorded of the signals to a process. */
enum signal_coverage {
	COVERAGE_ALL,
	COVERAGE_SOME,	/* or it is not known that these are all */
	COVERAGE_OFF,	/* none: the module's parameter leaves them out */
};

/* A signal that a process was sent. */
struct last_signal {
	bool		known;		/* there was one, and it is recorded */
	uint32_t	signal;
	enum nsorphan_signal_result result;
	uint64_t	seq;
	uint64_t	boot_ns;
	struct process	sender;		/* has is 0: the kernel */
	enum signal_coverage record;	/* of those that it might have been */
};

/* A signal that ends a process, or asks it to end. */
struct sent_signal {
	struct process	target;
	struct last_signal	sent;
};

/* Events, the last RECENT_MAX of @count; number N is at N % RECENT_MAX. */
struct recent {
	struct event	events[RECENT_MAX];
	size_t		count;
};

struct history {
	struct orphan	*orphans;	/* by pid of the child, then by seq */
	size_t		nr_orphans;
	struct process	*subreapers;	/* that adopted somebody */
	size_t		nr_subreapers;
	struct past_teardown	*teardowns;
	size_t		nr_teardowns;
	struct sent_signal *signals;	/* by pid of the target, then by seq */
	size_t		nr_signals;
	struct recent	recent;		/* of the namespace, or with the process */
	struct recent	recent_signals;
	uint64_t	first_seq;	/* the oldest that was there; 0: none */
	uint64_t	whole_from;	/* no event from this one on is lost */
	uint64_t	whole_from_ns;	/* since boot */
	uint32_t	recorded;	/* enum nsorphan_signals */
	bool		missed;		/* the kernel did not tell of some */
};

/* Whose events are kept as recent ones: 0 is nobody's. */
struct wanted {
	uint32_t	pidns;
	uint32_t	pid;
};

/* Reads all that is recorded. Returns 0 or a negative errno of client.h. */
int history_read(struct client *client, const struct wanted *wanted,
		 struct history *history);
void history_free(struct history *history);

/* How @child was orphaned last, or NULL. */
const struct orphan *history_orphan(const struct history *history,
				    const struct process *child);

/* The first of history->signals to @pid, where there is one. */
size_t history_signals(const struct history *history, uint32_t pid);

/* Whether @process adopted somebody because it is a subreaper. */
bool history_subreaper(const struct history *history,
		       const struct process *process);

/* The last teardown of @pidns (numbers are used again), or NULL. */
const struct past_teardown *history_teardown(const struct history *history,
					     uint32_t pidns);

#endif
