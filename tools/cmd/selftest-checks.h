/* SPDX-License-Identifier: GPL-2.0 */
/* What the events of a selftest's processes have to be. */
#ifndef NSORPHAN_SELFTEST_CHECKS_H
#define NSORPHAN_SELFTEST_CHECKS_H

#include <stdbool.h>
#include <stdint.h>

#include "genl/event.h"
#include "output/output.h"
#include "cmd/selftest-actors.h"
#include "lib/util.h"

/* The events of some actors, a type each: how many came, and the first. */
struct seen {
	unsigned int	count[EVENT_TYPES];
	struct event	first[EVENT_TYPES];
	uint64_t	lost;		/* events that nobody can tell */
	uint64_t	missed;		/* probe hits, by the kernel */
};

/* Counts @event if it is one of @actors, or tells that some were lost. */
void seen_event(struct seen *seen, const struct actors *actors,
		const struct event *event);

void check_reparent(struct check *check, const struct seen *seen,
		    const struct actors *actors);

/* Of a GUARDIAN_INIT. */
void check_begin(struct check *check, const struct seen *seen,
		 const struct actors *actors);
void check_kill(struct check *check, const struct seen *seen,
		const struct actors *actors);
void check_end(struct check *check, const struct seen *seen,
	       const struct actors *actors);

/* How it went, and in what words. */
__printf(3, 4)
void conclude(struct check *check, bool ok, const char *format, ...);

#endif
