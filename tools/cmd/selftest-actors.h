/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The processes that a selftest makes: a guardian forks a parent, which forks
 * the orphan and exits.
 */
#ifndef NSORPHAN_SELFTEST_ACTORS_H
#define NSORPHAN_SELFTEST_ACTORS_H

#include <stdint.h>

/* Limit of each single wait of a selftest. */
#define SELFTEST_TIMEOUT_MS	5000

#define GUARDIAN_EXIT_CODE	7

enum guardian {
	GUARDIAN_NONE,		/* does not adopt: an ancestor does */
	GUARDIAN_SUBREAPER,
	GUARDIAN_INIT,		/* init of a new pid namespace */
};

/* Pids are those of the pid namespace of the guardian. */
struct actors {
	enum guardian	kind;
	uint32_t	pidns;		/* inode number of that namespace */
	uint32_t	guardian;
	uint32_t	parent;
	uint32_t	orphan;
	uint32_t	adopter;	/* getppid() of the orphan */
};

/*
 * Orphans a process and ends all of them: the orphan before the guardian, or
 * under GUARDIAN_INIT by the teardown that the end of the guardian starts. All
 * of them have ended when it returns. Returns 0 or a negative errno; -EINTR
 * after SIGINT or SIGTERM.
 */
int actors_run(struct actors *actors, enum guardian kind);

#endif
