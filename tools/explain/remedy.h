/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Commands by which a wait ends. They harm nobody who is innocent: no init of the
 * host, no daemon or monitor of an engine, and none who was asked for nothing and
 * would end when asked.
 */
#ifndef NSORPHAN_REMEDY_H
#define NSORPHAN_REMEDY_H

#include <stdbool.h>

struct history;
struct task;

/*
 * Returns the command that ends process @task, or lets it end or go on where it is
 * stopped; for free(). With @to_act it need only go on: it is waited for to do
 * something, not to end. NULL where nobody should do that, or memory is short.
 */
char *remedy_end(const struct task *task, const struct history *history,
		 bool to_act);

/* Whether @task must not be ended to help another one. */
bool remedy_spares(const struct task *task);

#endif
