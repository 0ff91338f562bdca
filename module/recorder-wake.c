// SPDX-License-Identifier: GPL-2.0
/* F, in the comments below, is the barrier of that letter in recorder.c. */
#include <linux/irq_work.h>
#include <linux/rculist.h>

#include "compat.h"
#include "recorder-wake.h"

static LIST_HEAD(watches);
static struct irq_work wake_work;
struct irq_work nso_recorder_lazy_work;

static void wake_watches(struct irq_work *work)
{
	struct nso_recorder_watch *watch;

	rcu_read_lock();
	list_for_each_entry_rcu(watch, &watches, node)
		if (watch->wants())
			watch->wake();
	rcu_read_unlock();
}

void nso_recorder_wake_init(void)
{
	init_irq_work(&wake_work, wake_watches);
	nso_compat_init_lazy_irq_work(&nso_recorder_lazy_work, wake_watches);
}

void nso_recorder_wake_exit(void)
{
	/* Signals are recorded, and queue this, before there is any watch. */
	irq_work_sync(&nso_recorder_lazy_work);
}

void nso_recorder_add_watch(struct nso_recorder_watch *watch)
{
	list_add_tail_rcu(&watch->node, &watches);
}

void nso_recorder_del_watch(struct nso_recorder_watch *watch)
{
	list_del_rcu(&watch->node);
	synchronize_rcu();
	irq_work_sync(&wake_work);
	irq_work_sync(&nso_recorder_lazy_work);
}

u32 nso_recorder_readers(void)
{
	struct nso_recorder_watch *watch;
	u32 readers = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(watch, &watches, node)
		readers += watch->readers();
	rcu_read_unlock();
	return readers;
}

void nso_recorder_wake(void)
{
	struct nso_recorder_watch *watch;

	/* F: events are committed before, sleepers are looked for after. */
	smp_mb();
	list_for_each_entry_rcu(watch, &watches, node,
				rcu_read_lock_sched_held())
		if (watch->wants())
			irq_work_queue(&wake_work);
}
