/* SPDX-License-Identifier: GPL-2.0 */
/* Waking the readers of the recorder. Writers wake, readers add a watch. */
#ifndef NSO_RECORDER_WAKE_H
#define NSO_RECORDER_WAKE_H

#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/types.h>

#include "compat.h"

/**
 * struct nso_recorder_watch - readers that want to know of new events
 * @wants: tells whether any reader waits. Called by nso_recorder_wake() in its
 *	context, and before @wake.
 * @wake: wakes the readers. Called in irq_work context.
 * @readers: returns the number of readers, for the status. Must not sleep.
 * @node: list of all watches, owned by the recorder
 */
struct nso_recorder_watch {
	bool (*wants)(void);
	void (*wake)(void);
	u32 (*readers)(void);
	struct list_head node;
};

/* Init comes before the first writer, exit after the last. Exit may sleep. */
void nso_recorder_wake_init(void);
void nso_recorder_wake_exit(void);

/*
 * Add and delete a watch. Callers are serialized. When nso_recorder_del_watch()
 * returns, no callback of the watch runs any more. Both may sleep.
 */
void nso_recorder_add_watch(struct nso_recorder_watch *watch);
void nso_recorder_del_watch(struct nso_recorder_watch *watch);

/* Returns the number of readers of all watches. Process context. */
u32 nso_recorder_readers(void);

/*
 * Wakes the readers that wait; they see all events committed before. To be
 * called after one commit or several, or after none if the status has news.
 * Any context, preemption disabled.
 */
void nso_recorder_wake(void);

extern struct irq_work nso_recorder_lazy_work;

/*
 * Wakes readers at the next tick at the latest: nso_recorder_wake() for events
 * that are too many for asking each time whether a reader waits.
 */
static inline void nso_recorder_wake_soon(void)
{
	/* F: pending work has yet to run, so it sees the events before. */
	smp_mb();
	if (!nso_compat_irq_work_is_pending(&nso_recorder_lazy_work))
		irq_work_queue(&nso_recorder_lazy_work);
}

#endif
