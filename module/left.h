/* SPDX-License-Identifier: GPL-2.0 */
/* The teardowns that run, and the processes that each is still waiting for. */
#ifndef NSORPHAN_LEFT_H
#define NSORPHAN_LEFT_H

#include <linux/types.h>

#include "event.h"

/**
 * struct left_cursor - where a walk over all teardowns is; zeroed: at its begin
 * @place: of the teardown, see teardown_view()
 * @begin_ns: of that teardown; 0: it has not been looked at
 * @nr: in its namespace, the pid to go on from
 */
struct left_cursor {
	u32 place;
	u64 begin_ns;
	unsigned long nr;
};

/**
 * struct left_teardown - a teardown that runs
 * @begin_ns: CLOCK_BOOTTIME
 * @cgroup: cgroup v2 id of its init
 * @pidns: inode number of the namespace
 * @level: its depth
 */
struct left_teardown {
	struct process init;
	u64 begin_ns;
	u64 cgroup;
	u32 pidns;
	u32 level;
};

/*
 * A walk takes no lock and holds nothing between two of these calls: whatever
 * it looks at may end meanwhile. What lives through the whole walk it finds,
 * once. All may sleep.
 */

/* The teardown that cursor is in or, once that has ended, the next one. */
bool left_teardown(struct left_cursor *cursor, struct left_teardown *teardown);

/*
 * The next process of that teardown, and its cgroup v2 id; false if there is
 * none, or the teardown has ended.
 */
bool left_process(struct left_cursor *cursor, struct left *left, u64 *cgroup);

/* Its init has pid 1, and no process that of one of the init's threads. */
#define LEFT_FIRST_NR	2

/* No process of the teardown that cursor is in was looked for yet. */
static inline bool left_begins(const struct left_cursor *cursor)
{
	return cursor->nr == LEFT_FIRST_NR;
}

/* On to what comes after the teardown that cursor is in. */
static inline void left_skip(struct left_cursor *cursor)
{
	cursor->place++;
	cursor->begin_ns = 0;
}

#endif
