/* SPDX-License-Identifier: GPL-2.0 */
/* An event, decoded: nothing of netlink is left in it. */
#ifndef NSORPHAN_EVENT_H
#define NSORPHAN_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/process.h"
#include "nsorphan.h"
#include "proc/container.h"

/* Event types beside enum nsorphan_event_type. */
enum {
	EVENT_LOST = 0,		/* made by event_source_next() */
	EVENT_TYPES = NSORPHAN_EVENT_TYPE_SIGNAL + 1,
};

/* The role of a process in an event. */
enum role {
	ROLE_CHILD,
	ROLE_OLD_PARENT,
	ROLE_NEW_PARENT,
	ROLE_INIT,
	ROLE_INIT_PARENT,
	ROLE_PROCESS,
	ROLE_PARENT,
	ROLE_TRACER,
	ROLE_SENDER,
	ROLE_TARGET,
	ROLE_THREAD,
	ROLES,
};

/*
 * An event. Bit N of @has is set where attribute number N (NSORPHAN_A_EVENT_*)
 * is present; other members are 0.
 */
struct event {
	uint64_t	has;
	unsigned int	type;		/* nsorphan_event_type, EVENT_LOST */
	uint64_t	seq;		/* EVENT_LOST: of the first one */
	uint64_t	boot_ns;	/* since boot */
	uint32_t	pidns;		/* inode number */
	uint64_t	cgroup;		/* id of the subject's cgroup */
	uint32_t	hierarchy;	/* of that cgroup; enum nsorphan_hierarchy */
	uint64_t	container;	/* id of its container's cgroup; 0: none */
	struct process	process[ROLES];
	uint32_t	reaper;		/* enum nsorphan_reaper */
	uint32_t	pdeath_signal;
	bool		crossed;
	uint32_t	level;
	uint32_t	processes;
	uint64_t	duration_ns;
	uint32_t	killed;
	uint64_t	waited_ns;
	uint32_t	flags;		/* bits of enum nsorphan_remaining_flag */
	uint32_t	signal;
	uint32_t	result;		/* enum nsorphan_signal_result */
	uint32_t	cause;		/* enum nsorphan_signal_cause */
	uint64_t	oom_cgroup;	/* id, memory controller's hierarchy */
	uint64_t	oom_limit;	/* in bytes */
	uint64_t	count;		/* EVENT_LOST: number of lost events */
};

/* Whether @event has attribute @attr, NSORPHAN_A_EVENT_*. */
static inline bool event_has(const struct event *event, unsigned int attr)
{
	return event->has & 1ULL << attr;
}

/*
 * Return names of the specification; "unknown" for numbers of a newer module.
 */
const char *event_type_name(unsigned int type);
const char *event_state_name(uint32_t state);
const char *event_reaper_name(uint32_t reaper);
const char *event_result_name(uint32_t result);
const char *event_cause_name(uint32_t cause);

/* Why the kernel sent a signal, in words; NULL where @cause tells nothing. */
const char *event_cause_words(uint32_t cause);

const char *event_hierarchy_name(uint32_t hierarchy);

/* Returns the name of @signals, enum nsorphan_signals. */
const char *event_signals_name(uint32_t signals);

/* Returns the name of bit @bit of flags; NULL behind the last bit. */
const char *event_flag_name(unsigned int bit);

/* Returns the event type with this @name, or -1. */
int event_type_of(const char *name);

/*
 * Fills in @container with that of the process that @event is about, but for
 * its names. Where the module told the cgroup of the container,
 * container_learn() has been called with its path. Returns false where no
 * container is known.
 */
bool event_container_id(const struct event *event, struct container *container);

/*
 * Does the same, and finds the names, too: see names_find(). Returns @container
 * or NULL.
 */
const struct container *event_container(const struct event *event,
					struct container *container);

/* Returns the process that @event is about, in event->cgroup, or NULL. */
const struct process *event_subject(const struct event *event);

#endif
