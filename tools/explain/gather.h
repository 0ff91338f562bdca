/* SPDX-License-Identifier: GPL-2.0 */
/* What there is to know of a namespace: /proc and the record, for a verdict. */
#ifndef NSORPHAN_FACTS_H
#define NSORPHAN_FACTS_H

#include "explain/verdict.h"

struct history;
struct target;
struct snapshot;
struct teardown;

/*
 * Gathers the facts of @target, which gather_free() frees. @snapshot is read after
 * @history, which has to outlive the facts. @teardown is what
 * the module says of its teardown, NULL: nothing. Returns 0, -ENOMEM, or -EAGAIN when
 * both have to be read again, since what they say is not of the same time.
 */
int gather_facts(const struct target *target, const struct snapshot *snapshot,
		 const struct history *history,
		 const struct teardown *teardown, struct facts *facts);
void gather_free(struct facts *facts);

#endif
