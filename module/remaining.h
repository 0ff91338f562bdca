/* SPDX-License-Identifier: GPL-2.0 */
/* The teardowns that run, and the processes that each is still waiting for. */
#ifndef NSO_REMAINING_H
#define NSO_REMAINING_H

#include <linux/types.h>

#include "event.h"

/**
 * struct nso_teardown_iter - where a walk over all teardowns is; zeroed: at its begin
 * @slot: of the teardown, see nso_teardown_view()
 * @begin_ns: of that teardown; 0: it has not been looked at
 * @nr: in its namespace, the pid to go on from
 */
struct nso_teardown_iter {
	u32 slot;
	u64 begin_ns;
	unsigned long nr;
};

/**
 * struct nso_teardown_info - a teardown that runs
 * @begin_ns: CLOCK_BOOTTIME
 * @cgroup: cgroup v2 id of its init
 * @pidns: inode number of the namespace
 * @level: its depth
 */
struct nso_teardown_info {
	struct nso_process init;
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

/* The teardown that iter is in or, once that has ended, the next one. */
bool nso_teardown_iter_get(struct nso_teardown_iter *iter,
			   struct nso_teardown_info *teardown);

/*
 * The next process of that teardown, and its cgroup v2 id; false if there is
 * none, or the teardown has ended.
 */
bool nso_teardown_iter_process(struct nso_teardown_iter *iter,
			       struct nso_remaining *remaining, u64 *cgroup);

/* Its init has pid 1, and no process that of one of the init's threads. */
#define NSO_TEARDOWN_FIRST_NR	2

/* No process of the teardown that iter is in was looked for yet. */
static inline bool
nso_teardown_iter_at_start(const struct nso_teardown_iter *iter)
{
	return iter->nr == NSO_TEARDOWN_FIRST_NR;
}

/* On to what comes after the teardown that iter is in. */
static inline void nso_teardown_iter_advance(struct nso_teardown_iter *iter)
{
	iter->slot++;
	iter->begin_ns = 0;
}

#endif
