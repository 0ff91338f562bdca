/* SPDX-License-Identifier: GPL-2.0 */
/* An event, as the rest of the tool sees it: netlink ends in client.c. */
#ifndef NSORPHAN_EVENT_H
#define NSORPHAN_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/process.h"
#include "nsorphan.h"

/* Types are those of the protocol, and one that readers make. */
enum {
	EVENT_LOST = 0,
	EVENT_TYPES = NSORPHAN_EVENT_TYPE_SIGNAL + 1,
};

/* The roles a process may have in an event. */
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
	ROLES,
};

/* As for processes, @has holds the numbers of attributes, NSORPHAN_A_EVENT_*. */
struct event {
	uint32_t	has;
	unsigned int	type;		/* enum nsorphan_event_type */
	uint64_t	seq;		/* lost: the first that is */
	uint64_t	boot_ns;
	uint32_t	pidns;
	uint64_t	cgroup;
	struct process	process[ROLES];
	uint32_t	reaper;		/* enum nsorphan_reaper */
	uint32_t	pdeath_signal;
	bool		crossed;
	uint32_t	level;
	uint32_t	processes;
	uint64_t	duration_ns;
	uint32_t	killed;
	uint64_t	waited_ns;
	uint32_t	flags;		/* bits of enum nsorphan_left_flag */
	uint32_t	signal;
	uint32_t	result;		/* enum nsorphan_signal_result */
	uint64_t	count;		/* lost: how many are */
};

static inline bool event_has(const struct event *event, unsigned int attr)
{
	return event->has & 1U << attr;
}

/* Words of the specification; "unknown" for what a newer module may send. */
const char *event_type_name(unsigned int type);
const char *event_state_name(uint32_t state);
const char *event_reaper_name(uint32_t reaper);
const char *event_result_name(uint32_t result);

/* Which signals are recorded, enum nsorphan_signals. */
const char *event_signals_name(uint32_t signals);

/* The word of bit number @bit of flags, NULL where all bits were told. */
const char *event_flag_name(unsigned int bit);

/* The type that is called so, or -1. */
int event_type_of(const char *name);

/*
 * The container of the process that @event is about, or NULL when none is known:
 * see container_of_process(). The string is valid until the next call.
 */
const char *event_container(const struct event *event);

/* The process whose cgroup event->cgroup is, or NULL. */
const struct process *event_subject(const struct event *event);

#endif
