/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_IRQ_WORK_H
#define SHIM_IRQ_WORK_H

#include <linux/types.h>

#include "sim.h"

struct irq_work {
	void (*func)(struct irq_work *work);
	struct irq_work *next;	/* in the queue */
	bool pending;
	bool busy;
};

static inline void init_irq_work(struct irq_work *work,
				 void (*func)(struct irq_work *work))
{
	work->func = func;
}

static inline void irq_work_queue(struct irq_work *work)
{
	sim_irq_work_queue(work);
}

static inline void irq_work_sync(struct irq_work *work)
{
	sim_irq_work_sync(work);
}

#endif
