/* SPDX-License-Identifier: GPL-2.0 */
/* Replaces module/compat.h, as far as the recorder needs it. */
#ifndef NSO_COMPAT_H
#define NSO_COMPAT_H

#include <linux/irq_work.h>

/* In the simulation it runs no later than any other irq_work. */
static inline void
nso_compat_init_lazy_irq_work(struct irq_work *work,
			      void (*func)(struct irq_work *))
{
	init_irq_work(work, func);
}

static inline bool nso_compat_irq_work_is_pending(struct irq_work *work)
{
	return sim_irq_work_is_pending(work);
}

#endif
