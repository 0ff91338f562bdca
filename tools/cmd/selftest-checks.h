/* SPDX-License-Identifier: GPL-2.0 */
/* Compares the events of a selftest's processes with what happened to them. */
#ifndef NSORPHAN_SELFTEST_CHECKS_H
#define NSORPHAN_SELFTEST_CHECKS_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/selftest-actors.h"
#include "genl/event.h"
#include "lib/util.h"
#include "output/output.h"

/* The events of the actors, by type. */
struct observed {
	unsigned int	count[EVENT_TYPES];
	struct event	first[EVENT_TYPES];
	uint64_t	lost;		/* lost events of any process */
	uint64_t	missed;		/* probe hits missed by the kernel */
};

/* Adds @event if it is one of @actors or a lost one. */
void observed_add(struct observed *observed, const struct actors *actors,
		  const struct event *event);

/* Sets the result of @check. */
__printf(3, 4)
void check_set(struct check *check, bool ok, const char *format, ...);

/* Each sets @check by the one event of its type. */
void check_reparent(struct check *check, const struct observed *observed,
		    const struct actors *actors);

/* The same for the teardown of a GUARDIAN_INIT. */
void check_begin(struct check *check, const struct observed *observed,
		 const struct actors *actors);
void check_kill(struct check *check, const struct observed *observed,
		const struct actors *actors);
void check_end(struct check *check, const struct observed *observed,
	       const struct actors *actors);

#endif
