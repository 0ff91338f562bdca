/* SPDX-License-Identifier: GPL-2.0 */
/* One thread changes a list while others walk it. sim.c has rcu_read_lock(). */
#ifndef SHIM_RCULIST_H
#define SHIM_RCULIST_H

#include <linux/kernel.h>
#include <linux/list.h>

#include "sim.h"

static inline void list_add_tail_rcu(struct list_head *new,
				     struct list_head *head)
{
	struct list_head *last = head->prev;

	new->next = head;
	new->prev = last;
	__atomic_store_n(&last->next, new, __ATOMIC_RELEASE);
	head->prev = new;
}

static inline void list_del_rcu(struct list_head *entry)
{
	entry->next->prev = entry->prev;
	__atomic_store_n(&entry->prev->next, entry->next, __ATOMIC_RELEASE);
}

static inline struct list_head *list_next_rcu(const struct list_head *entry)
{
	return __atomic_load_n(&entry->next, __ATOMIC_CONSUME);
}

/* The last argument is a condition for lockdep. */
#define list_for_each_entry_rcu(pos, head, member, ...)			\
	for (struct list_head *_at = list_next_rcu(head);		\
	     _at != (head) &&						\
	     ((pos) = container_of(_at, typeof(*(pos)), member));	\
	     _at = list_next_rcu(_at))

#define rcu_read_lock()			sim_rcu_read_lock()
#define rcu_read_unlock()		sim_rcu_read_unlock()
#define rcu_read_lock_sched_held()	true
#define synchronize_rcu()		sim_synchronize_rcu()

#endif
