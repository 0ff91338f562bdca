/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The processes of a selftest: a guardian, its child, the parent, and the
 * parent's child, the orphan.
 */
#ifndef NSORPHAN_SELFTEST_ACTORS_H
#define NSORPHAN_SELFTEST_ACTORS_H

#include <stdint.h>

/* As long as this at most a selftest waits for one thing to happen. */
#define SELFTEST_DEADLINE_MS	5000

/* What the guardian exits with. */
#define GUARDIAN_EXIT_CODE	7

enum guardian {
	GUARDIAN_NONE,		/* adopts nobody: the kernel looks further up */
	GUARDIAN_SUBREAPER,
	GUARDIAN_INIT,		/* of a pid namespace of its own */
};

/* Numbers are those in the pid namespace that all of them lived in. */
struct actors {
	enum guardian	kind;
	uint32_t	pidns;
	uint32_t	guardian;
	uint32_t	parent;
	uint32_t	orphan;
	uint32_t	adopter;	/* parent of the orphan: its getppid() */
};

/*
 * Lets the parent die and leave the orphan, then ends them all: the orphan
 * before the guardian, but for a GUARDIAN_INIT, whose end takes the orphan
 * along. Once it returns, all of that has happened. Returns 0, a negative
 * errno, or -EINTR when SIGINT or SIGTERM came.
 */
int actors_play(struct actors *actors, enum guardian kind);

#endif
