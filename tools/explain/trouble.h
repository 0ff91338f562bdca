/* SPDX-License-Identifier: GPL-2.0 */
/* What of a container is not over in time, for monitoring, and since when. */
#ifndef NSORPHAN_TROUBLE_H
#define NSORPHAN_TROUBLE_H

#include <stdint.h>

struct facts;

enum trouble_kind {
	TROUBLE_NONE,
	TROUBLE_ASKED,		/* main was asked to end, and lives */
	TROUBLE_DYING,		/* main was killed, or exits, and is not through */
	TROUBLE_TEARDOWN,	/* its pid namespace is torn down */
	TROUBLE_LEFT_BEHIND,	/* main has ended, and others live */
	TROUBLE_NOT_REAPED,	/* main is a zombie */
};

struct trouble {
	enum trouble_kind kind;
	uint64_t	since_ns;	/* since boot; 0: unknown */
};

/*
 * Finds the trouble of @facts. What began before the module was loaded is taken to
 * have begun at the load.
 */
struct trouble trouble_of(const struct facts *facts);

/* What a container is, as a predicate: "was asked to end"; NULL for TROUBLE_NONE. */
const char *trouble_words(enum trouble_kind kind);

#endif
