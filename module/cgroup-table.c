// SPDX-License-Identifier: GPL-2.0
/*
 * The table is a hash table of fixed size. A cgroup is in one of the WINDOW
 * slots from the one on that its key hashes to; a new cgroup takes a free slot
 * there, or the place of the oldest cgroup that is no container, so that
 * cgroups made inside one container push no other container out.
 *
 * Probes look cgroups up and insert them, in any context, and take no lock. A
 * writer claims a slot with a cmpxchg of its key to BUSY, fills it, and stores
 * the new key. A reader reads the key before and after it copies: the same key
 * twice means that the copy is of that cgroup. What is said of a cgroup does
 * not change, so it does not matter if the slot was used for another one in
 * between.
 *
 * On v2 the name of a cgroup never changes, and a cgroup keeps its ancestors,
 * so the probe reads the path itself. On v1 a rename frees the old name at
 * once, so the probe takes a reference and a worker reads the path. A slot that
 * waits for the worker is not replaced.
 */
#include <linux/atomic.h>
#include <linux/cgroup.h>
#include <linux/irq_work.h>
#include <linux/limits.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#include "cgroup-table.h"
#include "compat.h"
#include "nsorphan-container.h"

/* Number of slots that a cgroup may be in. */
#define WINDOW	32

/*
 * Number of ancestors that a probe reads; a cgroup that is deeper is left to
 * the worker. Docker and Kubernetes have five.
 */
#define PROBE_LEVELS	32

/* Number of levels below the root where the worker looks for a container. */
#define CONTAINER_LEVELS	15

/* Key of a slot that is being filled. */
#define BUSY	U64_MAX

struct nso_cgroup_slot *nso_cgroup_slots;
bool nso_cgroup_v1_used;
static atomic_t stamps;

static void resolve_all(struct work_struct *work);
static DECLARE_WORK(resolve_work, resolve_all);
static struct irq_work kick_work;

static u64 key_of(struct cgroup *cgrp, enum nsorphan_hierarchy hierarchy)
{
	return nso_cgroup_key(cgroup_id(cgrp), hierarchy);
}

static struct nso_cgroup_slot *nth_slot(u64 key, unsigned int n)
{
	return &nso_cgroup_slots[(nso_cgroup_home(key) + n) %
				 NSO_CGROUP_TABLE_SIZE];
}

/* Returns the slot of a cgroup, or NULL. It may be replaced at any moment. */
static struct nso_cgroup_slot *find_slot(u64 key)
{
	unsigned int n;

	for (n = 0; n < WINDOW; n++) {
		struct nso_cgroup_slot *slot = nth_slot(key, n);
		/* Acquire: the other members are of this key, or a later one. */
		u64 other = smp_load_acquire(&slot->key);

		if (other == key)
			return slot;
		/* Slots never become free again. */
		if (!other)
			return NULL;
	}
	return NULL;
}

/* Tells whether slot still has the key that it had before it was read. */
static bool still_has(const struct nso_cgroup_slot *slot, u64 key)
{
	/* The members before the key. */
	smp_rmb();
	return READ_ONCE(slot->key) == key;
}

static bool find_container(u64 key, u64 *container)
{
	const struct nso_cgroup_slot *slot = find_slot(key);

	if (!slot)
		return false;
	*container = READ_ONCE(slot->container);
	return still_has(slot, key);
}

/*
 * Returns the slot in which a cgroup goes, with its key in *old, or NULL. A
 * container may replace anything that is resolved, the oldest first, but
 * containers last; another cgroup does not replace a container.
 */
static struct nso_cgroup_slot *choose_slot(u64 key, bool is_container, u64 *old)
{
	struct nso_cgroup_slot *chosen = NULL;
	u32 now = atomic_read(&stamps), oldest = 0;
	unsigned int n;

	for (n = 0; n < WINDOW; n++) {
		struct nso_cgroup_slot *slot = nth_slot(key, n);
		/* Acquire: the other members are of this key, or a later one. */
		u64 other = smp_load_acquire(&slot->key);
		u32 age;

		if (!other) {
			*old = 0;
			return slot;
		}
		if (other == BUSY || READ_ONCE(slot->pending))
			continue;
		age = (now - READ_ONCE(slot->stamp)) / 2;
		if (READ_ONCE(slot->container) == other) {
			if (!is_container)
				continue;
		} else {
			age |= BIT(31);
		}
		if (!chosen || age > oldest) {
			chosen = slot;
			oldest = age;
			*old = other;
		}
	}
	return chosen;
}

/*
 * Claims a slot for a cgroup. Returns NULL if there is none: the cgroup is not
 * kept then, and its next event tries again.
 */
static struct nso_cgroup_slot *claim_slot(u64 key, u64 container)
{
	struct nso_cgroup_slot *slot;
	u64 old;

	slot = choose_slot(key, container == key, &old);
	if (!slot || cmpxchg(&slot->key, old, BUSY) != old)
		return NULL;
	/* Another writer may have inserted the same cgroup again, pending. */
	if (READ_ONCE(slot->pending)) {
		/* Release: nothing was written meanwhile. */
		smp_store_release(&slot->key, old);
		return NULL;
	}
	WRITE_ONCE(slot->stamp, atomic_inc_return(&stamps));
	WRITE_ONCE(slot->container, container);
	WRITE_ONCE(slot->outside, container ? 0 : key);
	WRITE_ONCE(slot->life, NSO_LIFE_UNKNOWN);
	return slot;
}

/* Puts the components of a path together, the last one first. */
struct nso_path_tail {
	char text[NSO_CGROUP_PATH_SIZE];
	unsigned int start;
};

static void prepend(struct nso_path_tail *tail, const char *s, size_t len)
{
	size_t fits = min_t(size_t, len, tail->start);

	tail->start -= fits;
	memcpy(tail->text + tail->start, s + len - fits, fits);
}

static void tail_begin(struct nso_path_tail *tail)
{
	tail->start = sizeof(tail->text) - 1;
	tail->text[tail->start] = '\0';
}

static struct nsorphan_part part_of(const char *name)
{
	return (struct nsorphan_part) { .s = name, .len = strlen(name) };
}

/*
 * Reads path and container of a v2 cgroup. Returns false if it is too deep.
 * Caller is an RCU-sched reader.
 */
static bool read_v2(struct cgroup *cgrp, struct nso_path_tail *tail,
		    struct cgroup **container)
{
	struct nsorphan_part name, parent_name, part, child = part_of("");
	struct cgroup *parent;

	*container = NULL;
	tail_begin(tail);
	if (cgrp->level > PROBE_LEVELS)
		return false;
	name = part_of(nso_compat_cgroup_name(cgrp));
	for (; (parent = cgroup_parent(cgrp)); cgrp = parent) {
		parent_name = part_of(nso_compat_cgroup_name(parent));
		prepend(tail, name.s, name.len);
		prepend(tail, "/", 1);
		part = name;
		if (nsorphan_container_of_name(parent_name, &part, child))
			*container = cgrp;
		child = name;
		name = parent_name;
	}
	if (!tail->text[tail->start])
		prepend(tail, "/", 1);
	return true;
}

static void insert_resolved(u64 key, u64 container,
			    const struct nso_path_tail *tail)
{
	struct nso_cgroup_slot *slot = claim_slot(key, container);

	if (!slot)
		return;
	memcpy(slot->path, tail->text + tail->start,
	       sizeof(tail->text) - tail->start);
	/* Release: a reader that sees the key sees the other members. */
	smp_store_release(&slot->key, key);
}

static void insert_pending(struct cgroup *cgrp, u64 key)
{
	struct nso_cgroup_slot *slot = claim_slot(key, NSO_CONTAINER_UNRESOLVED);

	if (!slot)
		return;
	slot->path[0] = '\0';
	/* The caller's task has a reference. */
	css_get(&cgrp->self);
	WRITE_ONCE(slot->pending, cgrp);
	/* Release: as in insert_resolved(). */
	smp_store_release(&slot->key, key);
	irq_work_queue(&kick_work);
}

/* Inserts a v2 cgroup, and its container. Returns the container's key. */
static noinline u64 insert_v2(struct cgroup *cgrp, u64 key)
{
	struct cgroup *container, *unused;
	struct nso_path_tail tail;
	u64 container_key, known;

	if (!read_v2(cgrp, &tail, &container)) {
		insert_pending(cgrp, key);
		return NSO_CONTAINER_UNRESOLVED;
	}
	container_key = container ?
		key_of(container, NSORPHAN_HIERARCHY_V2) : 0;
	insert_resolved(key, container_key, &tail);
	if (container && container != cgrp &&
	    !find_container(container_key, &known) &&
	    read_v2(container, &tail, &unused))
		insert_resolved(container_key, container_key, &tail);
	return container_key;
}

static void look_up(struct cgroup *cgrp, enum nsorphan_hierarchy hierarchy,
		    struct nso_cgroup *cgroup)
{
	cgroup->key = key_of(cgrp, hierarchy);
	if (likely(find_container(cgroup->key, &cgroup->container)))
		return;
	if (hierarchy == NSORPHAN_HIERARCHY_V2) {
		cgroup->container = insert_v2(cgrp, cgroup->key);
	} else {
		insert_pending(cgrp, cgroup->key);
		cgroup->container = NSO_CONTAINER_UNRESOLVED;
	}
}

/* Looks a v1 cgroup up, and makes it the answer if it is in a container. */
static bool look_up_v1(struct cgroup *cgrp, enum nsorphan_hierarchy hierarchy,
		       struct nso_cgroup *cgroup)
{
	struct nso_cgroup other;

	look_up(cgrp, hierarchy, &other);
	if (!other.container)
		return false;
	*cgroup = other;
	return true;
}

void nso_cgroup_look_up(const struct css_set *cset, struct nso_cgroup *cgroup)
{
	struct cgroup *pids = nso_compat_pids_cgroup(cset);
	struct cgroup *memory = nso_compat_memory_cgroup(cset);
	struct cgroup *v2 = cset->dfl_cgrp;

	look_up(v2, NSORPHAN_HIERARCHY_V2, cgroup);
	if (cgroup->container)
		return;
	if (pids->root != v2->root &&
	    look_up_v1(pids, NSORPHAN_HIERARCHY_PIDS, cgroup))
		return;
	if (memory->root != v2->root)
		look_up_v1(memory, NSORPHAN_HIERARCHY_MEMORY, cgroup);
}

/* Returns the ancestor of cgrp at a level, or cgrp if it is not below that. */
static struct cgroup *ancestor_at(struct cgroup *cgrp, int level)
{
	while (cgrp->level > level)
		cgrp = cgroup_parent(cgrp);
	return cgrp;
}

/* Returns the first name of a path, which begins with a slash or is empty. */
static struct nsorphan_part first_name(const char *path)
{
	struct nsorphan_part name = { .s = path + (*path == '/') };

	name.len = strcspn(name.s, "/");
	return name;
}

/*
 * Returns the container of cgrp, whose path, or that of its ancestor at
 * CONTAINER_LEVELS, is given; or NULL.
 */
static struct cgroup *container_of_path(struct cgroup *cgrp, const char *path)
{
	struct nsorphan_part parent = { .s = path, .len = 0 }, name, part;
	int level;

	for (level = 1; *path == '/'; level++) {
		name = first_name(path);
		path = name.s + name.len;
		part = name;
		if (name.len && nsorphan_container_of_name(parent, &part,
							   first_name(path)))
			return ancestor_at(cgrp, level);
		parent = name;
	}
	return NULL;
}

/*
 * Writes the path of cgrp from its ancestor `levels` above, or from the root.
 * Returns false if it exceeds PATH_MAX.
 */
static bool read_path_from(struct cgroup *cgrp, int levels, char *path)
{
	struct kernfs_node *from = NULL;
	int len;

	if (levels < cgrp->level)
		from = ancestor_at(cgrp, cgrp->level - levels)->kn;
	len = kernfs_path_from_node(cgrp->kn, from, path, PATH_MAX);
	return len > 0 && len < PATH_MAX;
}

/* Writes the path of cgrp, or a part of it that has its end. */
static void read_path(struct cgroup *cgrp, char *path)
{
	if (!read_path_from(cgrp, INT_MAX, path) &&
	    !read_path_from(cgrp, NSO_CGROUP_PATH_SIZE / 2, path))
		/* Names have up to 255 bytes, so this many fit. */
		read_path_from(cgrp, CONTAINER_LEVELS, path);
}

static void read_tail(struct cgroup *cgrp, char *path,
		      struct nso_path_tail *tail)
{
	read_path(cgrp, path);
	tail_begin(tail);
	prepend(tail, path, strlen(path));
}

/* Resolves a pending slot; only the worker does that. May sleep. */
static void resolve(struct nso_cgroup_slot *slot, char *path)
{
	u64 key = READ_ONCE(slot->key), container_key = 0, known;
	struct cgroup *cgrp = READ_ONCE(slot->pending), *container;
	struct nso_path_tail tail, container_tail;

	read_path(ancestor_at(cgrp, CONTAINER_LEVELS), path);
	container = container_of_path(cgrp, path);
	if (container)
		container_key = key_of(container, nso_cgroup_hierarchy(key));
	read_tail(cgrp, path, &tail);
	if (container && container != cgrp)
		read_tail(container, path, &container_tail);

	preempt_disable();
	/* A writer that came too late gives the slot back: see claim_slot(). */
	while (cmpxchg(&slot->key, key, BUSY) != key)
		cpu_relax();
	memcpy(slot->path, tail.text + tail.start,
	       sizeof(tail.text) - tail.start);
	WRITE_ONCE(slot->container, container_key);
	WRITE_ONCE(slot->outside, container_key ? 0 : key);
	WRITE_ONCE(slot->pending, NULL);
	/* Release: as in insert_resolved(). */
	smp_store_release(&slot->key, key);
	if (container && container != cgrp &&
	    !find_container(container_key, &known))
		insert_resolved(container_key, container_key, &container_tail);
	preempt_enable();
	css_put(&cgrp->self);
}

void nso_cgroup_made(struct cgroup *cgrp, const char *path)
{
	struct nso_path_tail tail;
	struct cgroup *container;
	enum nsorphan_hierarchy hierarchy;

	if (!nso_compat_v1_hierarchy(cgrp, &hierarchy))
		return;
	WRITE_ONCE(nso_cgroup_v1_used, true);
	container = container_of_path(cgrp, path);
	/* Others are looked up if an event names them. */
	if (!container)
		return;
	tail_begin(&tail);
	prepend(&tail, path, strlen(path));
	insert_resolved(key_of(cgrp, hierarchy), key_of(container, hierarchy),
			&tail);
}

static void resolve_all(struct work_struct *work)
{
	char *path = kmalloc(PATH_MAX, GFP_KERNEL);
	unsigned int n;

	/* Without memory the next kick tries again. */
	for (n = 0; path && n < NSO_CGROUP_TABLE_SIZE; n++) {
		/* Acquire: the slot is pending from the release of its key on. */
		u64 key = smp_load_acquire(&nso_cgroup_slots[n].key);

		if (!key || key == BUSY || !READ_ONCE(nso_cgroup_slots[n].pending))
			continue;
		resolve(&nso_cgroup_slots[n], path);
		cond_resched();
	}
	kfree(path);
}

static void kick(struct irq_work *work)
{
	schedule_work(&resolve_work);
}

/* Copies the cgroup in a slot. Returns false if it is replaced meanwhile. */
static bool read_slot(const struct nso_cgroup_slot *slot, u64 key,
		      struct nso_cgroup_info *info)
{
	info->cgroup.key = key;
	info->cgroup.container = READ_ONCE(slot->container);
	/* May race with a writer; then the key has changed below. */
	data_race(memcpy(info->path, slot->path, sizeof(info->path)));
	info->path[sizeof(info->path) - 1] = '\0';
	return still_has(slot, key);
}

bool nso_cgroup_table_find(u64 key, struct nso_cgroup_info *info)
{
	const struct nso_cgroup_slot *slot = find_slot(key);

	return slot && read_slot(slot, key, info);
}

bool nso_cgroup_table_next(unsigned int *slot, struct nso_cgroup_info *info)
{
	while (*slot < NSO_CGROUP_TABLE_SIZE) {
		const struct nso_cgroup_slot *this = &nso_cgroup_slots[(*slot)++];
		/* Acquire: as in find_slot(). */
		u64 key = smp_load_acquire(&this->key);

		/* Two writers at once may have inserted a cgroup twice. */
		if (key && key != BUSY && find_slot(key) == this &&
		    read_slot(this, key, info))
			return true;
	}
	return false;
}

u64 nso_cgroup_container(const struct nso_cgroup *cgroup)
{
	u64 container = cgroup->container;

	if (container != NSO_CONTAINER_UNRESOLVED)
		return container;
	if (!find_container(cgroup->key, &container) ||
	    container == NSO_CONTAINER_UNRESOLVED)
		return 0;
	return container;
}

u32 nso_cgroup_life(u64 container)
{
	const struct nso_cgroup_slot *slot = find_slot(container);
	u32 life;

	if (!slot)
		return NSO_LIFE_UNKNOWN;
	life = READ_ONCE(slot->life);
	return still_has(slot, container) ? life : NSO_LIFE_UNKNOWN;
}

bool nso_cgroup_change_life(u64 container, u32 old, u32 life)
{
	struct nso_cgroup_slot *slot = find_slot(container);

	/*
	 * If the slot is replaced just now, another container gets a life that
	 * is not its own: the ledger compares the keys.
	 */
	return !slot || cmpxchg(&slot->life, old, life) == old;
}

/*
 * Copies the end of the path in slot, which may be replaced meanwhile. Returns
 * its length.
 */
static size_t copy_path(const struct nso_cgroup_slot *slot, char *path,
			size_t size)
{
	size_t len = strnlen(slot->path, sizeof(slot->path) - 1);
	size_t fits = min(len, size - 1);

	memcpy(path, slot->path + len - fits, fits);
	path[fits] = '\0';
	return fits;
}

void nso_cgroup_path(u64 key, char *path, size_t size)
{
	const struct nso_cgroup_slot *slot = find_slot(key);

	path[0] = '\0';
	if (!slot)
		return;
	/* May race with a writer; then the key has changed below. */
	data_race(copy_path(slot, path, size));
	if (!still_has(slot, key))
		path[0] = '\0';
}

/*
 * Tells whether any task is in a v1 cgroup below the root, of a hierarchy that
 * engines use.
 */
static bool v1_is_used(void)
{
	struct task_struct *leader;
	const struct css_set *cset;
	const struct cgroup *v2;
	bool used = false;

	rcu_read_lock();
	for_each_process(leader) {
		cset = rcu_dereference(leader->cgroups);
		v2 = cset->dfl_cgrp;
		used |= (nso_compat_pids_cgroup(cset)->root != v2->root &&
			 nso_compat_pids_cgroup(cset)->level) ||
			(nso_compat_memory_cgroup(cset)->root != v2->root &&
			 nso_compat_memory_cgroup(cset)->level);
	}
	rcu_read_unlock();
	return used;
}

void nso_cgroup_find_v1(void)
{
	if (v1_is_used())
		WRITE_ONCE(nso_cgroup_v1_used, true);
}

void nso_cgroup_table_flush(void)
{
	irq_work_sync(&kick_work);
	flush_work(&resolve_work);
}

size_t nso_cgroup_table_bytes(void)
{
	return NSO_CGROUP_TABLE_SIZE * sizeof(*nso_cgroup_slots);
}

int nso_cgroup_table_init(void)
{
	nso_cgroup_slots = vzalloc(nso_cgroup_table_bytes());
	if (!nso_cgroup_slots)
		return -ENOMEM;
	init_irq_work(&kick_work, kick);
	return 0;
}

void nso_cgroup_table_exit(void)
{
	irq_work_sync(&kick_work);
	cancel_work_sync(&resolve_work);
	/* Drops the references that are left. */
	resolve_all(&resolve_work);
	vfree(nso_cgroup_slots);
}
