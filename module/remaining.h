/* SPDX-License-Identifier: GPL-2.0 */
/* The teardowns that run, and the processes that each still waits for. */
#ifndef NSO_REMAINING_H
#define NSO_REMAINING_H

#include <linux/types.h>

#include "event.h"

/**
 * struct nso_teardown_iter - position in a walk over all teardowns
 * @slot: slot of the teardown, see nso_teardown_view()
 * @begin_ns: begin of that teardown; 0 if it was not looked at yet
 * @nr: pid in its namespace to go on from
 *
 * A zeroed iterator is at the first teardown.
 */
struct nso_teardown_iter {
	u32 slot;
	u64 begin_ns;
	unsigned long nr;
};

/**
 * struct nso_teardown_info - a teardown that runs
 * @init: init of the namespace
 * @begin_ns: time of its begin, CLOCK_BOOTTIME
 * @cgroup: cgroup of the init
 * @pidns: inode number of the namespace
 * @level: depth of the namespace
 * @before_load: it began before the module was loaded; @begin_ns is when it was found
 */
struct nso_teardown_info {
	struct nso_process init;
	u64 begin_ns;
	struct nso_cgroup cgroup;
	u32 pidns;
	u32 level;
	bool before_load;
};

/*
 * A walk takes no lock, and holds no reference between two of these calls, so
 * everything that it looks at may end meanwhile. It finds each teardown and
 * process that lives through the whole walk, once. All calls may sleep.
 */

/*
 * Fills in the teardown that the iterator is in or, if that one has ended, the
 * next one. Returns false if there is none.
 */
bool nso_teardown_iter_get(struct nso_teardown_iter *iter,
			   struct nso_teardown_info *teardown);

/*
 * Fills in the next process of that teardown, and its cgroup. Returns
 * false if there is none or the teardown has ended.
 */
bool nso_teardown_iter_process(struct nso_teardown_iter *iter,
			       struct nso_remaining *remaining,
			       struct nso_cgroup *cgroup);

/* The first pid that may be a process other than the init. */
#define NSO_TEARDOWN_FIRST_NR	2

/* Tells whether no process of the teardown was looked for yet. */
static inline bool
nso_teardown_iter_at_start(const struct nso_teardown_iter *iter)
{
	return iter->nr == NSO_TEARDOWN_FIRST_NR;
}

/* Moves the iterator past the teardown that it is in. */
static inline void nso_teardown_iter_advance(struct nso_teardown_iter *iter)
{
	iter->slot++;
	iter->begin_ns = 0;
}

#endif
