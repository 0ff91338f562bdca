/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_VERIFY_H
#define NSORPHAN_VERIFY_H

#include <linux/compiler.h>
#include <linux/types.h>

struct task_struct;

/*
 * Two ways in, run together: the one foretells each adoption under
 * tasklist_lock, the other sees it under the same hold of that lock. What the
 * one said and the other did not is counted.
 */

/* Number of this run; 0 while none runs. Written by verify_start and _stop. */
extern unsigned int verify_run;

static inline bool verify_running(void)
{
	return READ_ONCE(verify_run);
}

/*
 * Process context, callers serialized. To be started once both ways are
 * attached, and stopped before either is detached.
 */
void verify_start(void);
void verify_stop(void);

/*
 * From the probes, with tasklist_lock held for writing.
 *
 * verify_settle: no dying parent is being worked on: what was foretold and not
 * seen by now did not happen.
 * verify_foretold: after a verify_settle() for that father, once a child.
 * verify_seen: once a child.
 */
void verify_settle_run(void);

static inline void verify_settle(void)
{
	if (unlikely(verify_running()))
		verify_settle_run();
}

void verify_foretold(struct task_struct *father,
		     struct task_struct *new_parent);
void verify_seen(struct task_struct *father, struct task_struct *new_parent);

/* Adoptions that only one of the two told so, since loading. Any context. */
u64 verify_mismatched(void);

#endif
