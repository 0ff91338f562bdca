/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The cgroups that events name: the container that each belongs to, and its
 * path, for whoever reads after the cgroup is gone.
 *
 * A container is the outermost cgroup whose name matches the table in
 * uapi/nsorphan-container.h; cgroups below belong to it. On a host with cgroup
 * v1, or with both versions, engines use the v1 hierarchies.
 */
#ifndef NSO_CGROUP_TABLE_H
#define NSO_CGROUP_TABLE_H

#include <linux/cgroup.h>
#include <linux/types.h>

#include "nsorphan.h"

/* Longest path that is kept, with its NUL; a longer path keeps its tail. */
#define NSO_CGROUP_PATH_SIZE	256

/* Number of cgroups that are kept. */
#define NSO_CGROUP_TABLE_SIZE	4096

/*
 * A cgroup is named by a key, its id with its hierarchy. Ids (inode numbers in
 * the hierarchy) are unique in one hierarchy, and not reused. 0 is no cgroup.
 */
#define NSO_CGROUP_HIERARCHY_BITS	2

static inline u64 nso_cgroup_key(u64 id, enum nsorphan_hierarchy hierarchy)
{
	return id << NSO_CGROUP_HIERARCHY_BITS | hierarchy;
}

static inline u64 nso_cgroup_id(u64 key)
{
	return key >> NSO_CGROUP_HIERARCHY_BITS;
}

static inline enum nsorphan_hierarchy nso_cgroup_hierarchy(u64 key)
{
	return key & ((1 << NSO_CGROUP_HIERARCHY_BITS) - 1);
}

/*
 * Stands for the key of a container while the path of the cgroup is not known:
 * no cgroup has this key.
 */
#define NSO_CONTAINER_UNRESOLVED	((u64)(1 << NSO_CGROUP_HIERARCHY_BITS) - 1)

/**
 * struct nso_cgroup - the cgroup of a task
 * @key: the cgroup in the v2 hierarchy; or in a v1 hierarchy, if only there it
 *	belongs to a container
 * @container: key of its container, 0 if there is none, or
 *	NSO_CONTAINER_UNRESOLVED
 */
struct nso_cgroup {
	u64 key;
	u64 container;
};

/**
 * struct nso_cgroup_info - a cgroup in the table
 * @cgroup: the cgroup
 * @path: its path in its hierarchy, or the tail of that; empty if unresolved
 */
struct nso_cgroup_info {
	struct nso_cgroup cgroup;
	char path[NSO_CGROUP_PATH_SIZE];
};

/* Allocates the table. Returns 0 or -ENOMEM. May sleep. */
int nso_cgroup_table_init(void);

/* Frees the table, once no probe runs any more. May sleep. */
void nso_cgroup_table_exit(void);

/**
 * struct nso_cgroup_slot - a cgroup of the table
 * @key: its key, 0 if the slot is free, or BUSY
 * @container: see struct nso_cgroup
 * @outside: @key, if the cgroup is in no container, else 0. What a v2 cgroup is, it
 *	stays, so a value that is out of date is true, too.
 * @stamp: number of cgroups that were inserted before
 * @life: see nso_cgroup_life()
 * @pending: the cgroup itself, with a reference, if the worker has to resolve it
 * @path: see struct nso_cgroup_info
 */
struct nso_cgroup_slot {
	u64 key;
	u64 container;
	u64 outside;
	u32 stamp;
	u32 life;
	struct cgroup *pending;
	char path[NSO_CGROUP_PATH_SIZE];
};

extern struct nso_cgroup_slot *nso_cgroup_slots;

/* A v1 cgroup was made since the module was loaded, or has tasks. */
extern bool nso_cgroup_v1_used;

/*
 * Returns the first slot in which a cgroup may be. Ids are consecutive, so they spread
 * by themselves; those of other hierarchies begin elsewhere.
 */
static inline u32 nso_cgroup_home(u64 key)
{
	return (nso_cgroup_id(key) +
		nso_cgroup_hierarchy(key) * (NSO_CGROUP_TABLE_SIZE / 3)) %
	       NSO_CGROUP_TABLE_SIZE;
}

/* The same as nso_cgroup_of_css_set(), for what that does not find at once. */
void nso_cgroup_look_up(const struct css_set *cset, struct nso_cgroup *cgroup);

/*
 * Fills in the cgroup of the tasks that have cset, and puts it into the table.
 * Any context, takes no lock. Caller has preemption disabled, and keeps cset
 * valid (as an RCU-sched reader that got it from a task).
 */
static __always_inline void
nso_cgroup_of_css_set(const struct css_set *cset, struct nso_cgroup *cgroup)
{
	const u64 key = nso_cgroup_key(cgroup_id(cset->dfl_cgrp),
				       NSORPHAN_HIERARCHY_V2);
	const struct nso_cgroup_slot *slot =
		&nso_cgroup_slots[nso_cgroup_home(key)];

	/* Acquire: the container is that of this key, or of a later one. */
	if (likely(smp_load_acquire(&slot->key) == key &&
		   !READ_ONCE(nso_cgroup_v1_used))) {
		cgroup->key = key;
		cgroup->container = READ_ONCE(slot->container);
		/* The container before the key. */
		smp_rmb();
		if (likely(READ_ONCE(slot->key) == key))
			return;
	}
	nso_cgroup_look_up(cset, cgroup);
}

/*
 * Tells whether *cgroup, the answer of an earlier call or zeroed, is the answer
 * for cset, too.
 */
static __always_inline bool nso_cgroup_fits(const struct css_set *cset,
					    const struct nso_cgroup *cgroup)
{
	return cgroup->key == nso_cgroup_key(cgroup_id(cset->dfl_cgrp),
					     NSORPHAN_HIERARCHY_V2) &&
	       cgroup->container != NSO_CONTAINER_UNRESOLVED &&
	       !READ_ONCE(nso_cgroup_v1_used);
}

/*
 * Tells whether the table has it at once that the tasks of cset are in no
 * container: the fast path for most of them. Any context; caller keeps cset
 * valid.
 */
static __always_inline bool nso_cgroup_is_outside(const struct css_set *cset)
{
	const u64 key = nso_cgroup_key(cgroup_id(cset->dfl_cgrp),
				       NSORPHAN_HIERARCHY_V2);
	const struct nso_cgroup_slot *slot =
		&nso_cgroup_slots[nso_cgroup_home(key)];

	return READ_ONCE(slot->outside) == key &&
	       !READ_ONCE(nso_cgroup_v1_used);
}

/* Fills in the cgroup of task, which may be dying or a zombie. */
static __always_inline void nso_cgroup_of_task(struct task_struct *task,
					       struct nso_cgroup *cgroup)
{
	nso_cgroup_of_css_set(rcu_dereference_sched(task->cgroups), cgroup);
}

/*
 * Looks whether v1 cgroups have tasks. Called once nso_cgroup_made() is called
 * for new ones. May sleep.
 */
void nso_cgroup_find_v1(void);

/*
 * Notes that a cgroup of v1 was made, with this path, as tracepoint cgroup_mkdir
 * reports it: so what is in a container is known before a process is. Any
 * context, takes no lock.
 */
void nso_cgroup_made(struct cgroup *cgrp, const char *path);

/*
 * Waits until the cgroups of v1 that were looked up before are resolved. May
 * sleep.
 */
void nso_cgroup_table_flush(void);

/*
 * Returns what is kept beside a container: where the ledger has its current life;
 * NSO_LIFE_UNKNOWN if the container was not in the table. Any context, takes no
 * lock.
 */
#define NSO_LIFE_UNKNOWN	0U

u32 nso_cgroup_life(u64 container);

/*
 * Changes it from old to life. Returns false if it is not old, as another writer
 * has changed it; true if the container is not in the table, which then keeps
 * nothing. Any context, takes no lock.
 */
bool nso_cgroup_change_life(u64 container, u32 old, u32 life);

/*
 * Writes the end of the path of a cgroup, at most size - 1 bytes; an empty
 * string if it is not known. Any context, takes no lock.
 */
void nso_cgroup_path(u64 key, char *path, size_t size);

/*
 * Returns the container of a cgroup, 0 if there is none, looking again if it
 * was unresolved. Process context.
 */
u64 nso_cgroup_container(const struct nso_cgroup *cgroup);

/*
 * Reads the cgroup with this key. Returns false if the table has it no more.
 * Process context.
 */
bool nso_cgroup_table_find(u64 key, struct nso_cgroup_info *info);

/*
 * Reads the next cgroup from slot *slot on, and moves *slot past it. Returns
 * false at the end. A cgroup that is put into the table meanwhile may be found
 * or not. Process context.
 */
bool nso_cgroup_table_next(unsigned int *slot, struct nso_cgroup_info *info);

/* Returns the memory that the table takes, in bytes. */
size_t nso_cgroup_table_bytes(void);

#endif
