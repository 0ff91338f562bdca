/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lives of containers, as the module's ledger has them: what is known of a
 * container when it is gone, and its record may be overwritten.
 */
#ifndef NSORPHAN_LIFE_H
#define NSORPHAN_LIFE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/process.h"
#include "proc/container.h"

/* Size of a path of a cgroup, as the module keeps it, and a NUL. */
#define CGROUP_PATH_MAX	256

/* Size of what is kept of the path of a sender's cgroup: its end, and a NUL. */
#define SENDER_CGROUP_MAX	64

/* Number of signals that the module keeps of a life: the last ones. */
#define OUTSIDE_SIGNALS_MAX	8

/*
 * A signal that came from outside of a container to its main process; @count of
 * them, by one sender, one after another. Bit N of @has is set where attribute
 * number N (NSORPHAN_A_CONTAINER_SIGNAL_*) is present.
 */
struct outside_signal {
	uint32_t	has;
	uint32_t	signal;
	struct process	sender;		/* has is 0: the kernel */
	struct process	sender_parent;
	char		sender_cgroup[SENDER_CGROUP_MAX]; /* empty: unknown */
	uint32_t	result;		/* enum nsorphan_signal_result, of the last */
	uint32_t	cause;		/* enum nsorphan_signal_cause */
	uint32_t	count;
	uint64_t	first_ns;	/* since boot */
	uint64_t	last_ns;
	uint64_t	oom_cgroup;	/* id, memory controller's hierarchy */
	uint64_t	oom_limit;	/* in bytes, where present */
};

/* Whether @sent has attribute @attr, NSORPHAN_A_CONTAINER_SIGNAL_*. */
static inline bool outside_signal_has(const struct outside_signal *sent,
				      unsigned int attr)
{
	return sent->has & 1U << attr;
}

/* One life of a container: that of one main process. Times are since boot. */
struct life {
	uint64_t	cgroup;		/* id of the cgroup that is the container */
	uint32_t	hierarchy;	/* of that; enum nsorphan_hierarchy */
	char		path[CGROUP_PATH_MAX];	/* of that, or its end */
	struct process	main;		/* with its exit status, once it ended */
	uint64_t	begin_ns;
	uint64_t	end_ns;		/* 0: main lives */
	uint32_t	pidns;		/* whose init main is; 0: none */
	uint64_t	teardown_begin_ns;	/* of pidns; 0: none */
	uint64_t	teardown_end_ns;	/* alone: see life_is_late() */
	uint32_t	killed;		/* processes, by that teardown */
	uint32_t	adoptions;	/* orphans of a parent in the container */
	struct outside_signal signals[OUTSIDE_SIGNALS_MAX];
	size_t		nr_signals;
};

/*
 * Whether the teardown of @life had begun when the module was loaded, and is over: then
 * end_ns is when it was over, and killed is not known.
 */
static inline bool life_is_late(const struct life *life)
{
	return life->teardown_end_ns && !life->teardown_begin_ns;
}

/* Zeroed: none. */
struct lives {
	struct life	*list;		/* in the order of begin_ns */
	size_t		count;
};

/* Appends @life. Returns 0 or -ENOMEM. */
int lives_add(struct lives *lives, const struct life *life);

/* Puts the lives into order. */
void lives_sort(struct lives *lives);

void lives_free(struct lives *lives);

/* Returns the life whose main process is @process, or NULL. */
const struct life *lives_find_main(const struct lives *lives,
				   const struct process *process);

/*
 * Whether the container of @life, one of @lives, was started again, whose path is
 * known.
 */
bool lives_restarted(const struct lives *lives, const struct life *life);

/*
 * Fills in the container of @life but for its names. Returns false where it is
 * not known.
 */
bool life_container(const struct life *life, struct container *container);

/*
 * Returns the containers of @lives, in the same order and with names, which are
 * looked up together; an empty id where the path of one is not known. For
 * free(); NULL where memory is short.
 */
struct container *lives_containers(const struct lives *lives);

#endif
