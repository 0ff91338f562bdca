/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The facts that verdict.h judges, gathered from /proc, from the recorded
 * history and from what the module says about a running teardown.
 */
#ifndef NSORPHAN_GATHER_H
#define NSORPHAN_GATHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/view.h"
#include "genl/history.h"
#include "genl/teardown.h"
#include "proc/container.h"

struct client;
struct life;
struct snapshot;
struct target;
struct threads;

enum condition {
	NS_ALIVE,
	NS_TEARDOWN,
	NS_GONE,
	NS_LEFT_BEHIND,	/* main has ended, and not all of its container */
};

/* Children that have ended, and are not reaped; zeroed: none. */
struct zombies {
	struct process	*list;
	size_t		count;
	struct process	oldest;		/* of them; has is 0: none */
	struct process	lost;		/* parent that it lost; has is 0: unknown */
	uint64_t	pids;		/* of the container's cgroup; 0: unknown */
	uint64_t	pids_max;	/* 0: none, or unknown */
};

/*
 * About a pid namespace, or about a container or a process of the initial
 * namespace: the main process of these, or that process, then stands in the
 * place of an init.
 */
struct facts {
	enum condition	condition;
	uint32_t	pidns;
	uint64_t	now_ns;		/* since boot */
	uint64_t	loaded_ns;	/* the module, since boot */
	bool		no_record;	/* it is not loaded */
	bool		has_init;
	bool		own_ns;		/* init is a pid namespace's init */
	struct view	init;
	struct process	ns_init;	/* where init is none; has is 0: unknown */
	/*
	 * alive: for whom init waits, one for each of init.chains, whose
	 * process.has is 0 for a thing; teardown: the remaining processes; left
	 * behind: those of the container that live
	 */
	struct view	*others;
	size_t		count;
	size_t		nr_children;	/* of init that live */
	size_t		nr_elders;	/* of these: older than the signal */
	struct zombies	zombies;	/* children of init, at all looks */
	struct last_signal kill;	/* SIGKILL to init, which lives */
	const struct event *begin;	/* of the teardown; NULL: not recorded */
	const struct event *end;
	uint64_t	late_ns;	/* since the load: it began before; or 0 */
	struct container container;	/* with names; id is empty: none */
	const struct life *life;	/* of init, in the ledger; or NULL */
	size_t		earlier;	/* containers of that name that are gone */
	char		*kill_file;	/* see container_kill_file(); or NULL */
};

/* What the facts are drawn from. */
struct sources {
	const struct snapshot *snapshot;	/* read after the history */
	const struct snapshot *all;	/* of which that is a part; NULL: none */
	const struct history *history;
	const struct teardown *teardown; /* that runs, by the module; or NULL */
	const struct threads *threads;	/* by the module; or NULL */
	bool		restarted;	/* the target's container, meanwhile */
	struct client	*client;
	const struct zombies *zombies;	/* of an earlier look; NULL: none */
};

/*
 * Gathers the facts about @target, which gather_free() frees. The history, and
 * the life of @target, have to outlive the facts.
 *
 * Returns 0, -ENOMEM, -ESRCH where the process has ended, or -EAGAIN where
 * history and snapshot disagree and have to be read again.
 */
int gather_facts(const struct target *target, const struct sources *sources,
		 struct facts *facts);
void gather_free(struct facts *facts);

#endif
