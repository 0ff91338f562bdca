/* SPDX-License-Identifier: GPL-2.0 */
/* Every difference between kernel versions. No other file has any. */
#ifndef NSO_COMPAT_H
#define NSO_COMPAT_H

#include <linux/cgroup.h>
#include <linux/irq_work.h>
#include <linux/kernfs.h>
#include <linux/memcontrol.h>
#include <linux/page_counter.h>
#include <linux/sched.h>
#include <linux/sched/jobctl.h>
#include <linux/tty.h>
#include <linux/version.h>
#include <net/genetlink.h>

#include "nsorphan.h"

#define NSO_COMPAT_IS_BETWEEN(first, next)	\
	(LINUX_VERSION_CODE >= (first) && LINUX_VERSION_CODE < (next))

/*
 * The flag came with 6.7, and into older series by their point releases. 5.10 and
 * 5.15 have a bit of its own for it.
 */
#ifdef GENL_MCAST_CAP_SYS_ADMIN
#define NSO_COMPAT_MCAST_CAP_SYS_ADMIN	.flags = GENL_MCAST_CAP_SYS_ADMIN
#elif NSO_COMPAT_IS_BETWEEN(KERNEL_VERSION(5, 10, 204), KERNEL_VERSION(5, 11, 0))
#define NSO_COMPAT_MCAST_CAP_SYS_ADMIN	.cap_sys_admin = 1
#elif NSO_COMPAT_IS_BETWEEN(KERNEL_VERSION(5, 15, 143), KERNEL_VERSION(5, 16, 0))
#define NSO_COMPAT_MCAST_CAP_SYS_ADMIN	.cap_sys_admin = 1
#else
#error "nsorphan needs Linux 5.10.204, 5.15.143, 6.1.68, 6.6.7, 6.7 or a later one of these"
#endif

/*
 * In every kernel below this version find_new_reaper() calls
 * find_alive_thread() as hook-find-alive-thread.c describes:
 * tests/guest/forest.py compared the predicted new parents with the actual
 * ones. Later kernels are unproven.
 */
#define NSO_COMPAT_NEW_PARENT_PROVEN \
	(LINUX_VERSION_CODE < KERNEL_VERSION(7, 4, 0))

/* Initializes an irq_work that may wait for the next tick. */
static inline void
nso_compat_init_lazy_irq_work(struct irq_work *work,
			      void (*func)(struct irq_work *))
{
#ifdef IRQ_WORK_INIT_LAZY
	*work = IRQ_WORK_INIT_LAZY(func);
#else
	init_irq_work(work, func);
	atomic_set(&work->flags, IRQ_WORK_LAZY);
#endif
}

static inline bool nso_compat_irq_work_is_pending(struct irq_work *work)
{
#ifdef IRQ_WORK_INIT_LAZY
	return irq_work_is_pending(work);
#else
	return atomic_read(&work->flags) & IRQ_WORK_PENDING;
#endif
}

/* Returns the TASK_* bits of task. */
static inline unsigned int nso_compat_task_state(const struct task_struct *task)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
	return READ_ONCE(task->__state);
#else
	return READ_ONCE(task->state);
#endif
}

/* Tells whether task is frozen: by cgroup v1 or suspend, or by cgroup v2. */
static inline bool nso_compat_task_frozen(const struct task_struct *task)
{
	/* The same as frozen(), which modules cannot call from 6.1 on. */
#ifdef TASK_FROZEN
	if (nso_compat_task_state(task) & TASK_FROZEN)
		return true;
#else
	if (task->flags & PF_FROZEN)
		return true;
#endif
	/* task->frozen alone may also be set for a stopped task. */
	return task->frozen && READ_ONCE(task->jobctl) & JOBCTL_TRAP_FREEZE;
}

/*
 * Returns the name of cgrp; "" for the root. On v2 it never changes. Where
 * kernfs frees names by RCU, caller is an RCU-sched reader.
 */
static inline const char *nso_compat_cgroup_name(const struct cgroup *cgrp)
{
	return (__force const char *)READ_ONCE(cgrp->kn->name);
}

/* Return the cgroup of cset in the hierarchy that has the controller. */
static inline struct cgroup *nso_compat_pids_cgroup(const struct css_set *cset)
{
#ifdef CONFIG_CGROUP_PIDS
	return cset->subsys[pids_cgrp_id]->cgroup;
#else
	return cset->dfl_cgrp;
#endif
}

static inline struct cgroup *
nso_compat_memory_cgroup(const struct css_set *cset)
{
#ifdef CONFIG_MEMCG
	return cset->subsys[memory_cgrp_id]->cgroup;
#else
	return cset->dfl_cgrp;
#endif
}

/*
 * Tells whether cgrp is in a v1 hierarchy that engines use, and which. cgrp has
 * been made.
 */
static inline bool nso_compat_v1_hierarchy(const struct cgroup *cgrp,
					   enum nsorphan_hierarchy *hierarchy)
{
	if (cgrp->root == &cgrp_dfl_root)
		return false;
#ifdef CONFIG_CGROUP_PIDS
	*hierarchy = NSORPHAN_HIERARCHY_PIDS;
	if (cgrp->root->subsys_mask & (1 << pids_cgrp_id))
		return true;
#endif
#ifdef CONFIG_MEMCG
	*hierarchy = NSORPHAN_HIERARCHY_MEMORY;
	if (cgrp->root->subsys_mask & (1 << memory_cgrp_id))
		return true;
#endif
	return false;
}

/* The parameters of a probe of tracepoint sched_process_exit. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define NSO_COMPAT_EXIT_PARAMETERS \
	void *data, struct task_struct *task, bool group_dead
#else
#define NSO_COMPAT_EXIT_PARAMETERS \
	void *data, struct task_struct *task
#endif

/* Returns the foreground process group of tty, to be compared only. */
static inline struct pid *nso_compat_tty_pgrp(const struct tty_struct *tty)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 14, 0)
	return READ_ONCE(tty->ctrl.pgrp);
#else
	return READ_ONCE(tty->pgrp);
#endif
}

/*
 * Return the id of the cgroup of memcg, and its limit of memory in bytes:
 * U64_MAX if it has none.
 */
#ifdef CONFIG_MEMCG
static inline u64 nso_compat_memcg_cgroup(const struct mem_cgroup *memcg)
{
	return cgroup_id(memcg->css.cgroup);
}

static inline u64 nso_compat_memcg_limit(const struct mem_cgroup *memcg)
{
	unsigned long pages = READ_ONCE(memcg->memory.max);

	return pages < PAGE_COUNTER_MAX ? (u64)pages << PAGE_SHIFT : U64_MAX;
}
#else
static inline u64 nso_compat_memcg_cgroup(const struct mem_cgroup *memcg)
{
	return 0;
}

static inline u64 nso_compat_memcg_limit(const struct mem_cgroup *memcg)
{
	return U64_MAX;
}
#endif

/* Returns the attributes of the request that a dump answers. */
static inline struct nlattr **nso_compat_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

#endif
