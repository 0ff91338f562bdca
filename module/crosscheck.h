/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Two hooks that run together check each other: one predicts each adoption
 * under tasklist_lock, the other one observes it before tasklist_lock is
 * released. Adoptions that only one of the two reports are counted. The module
 * parameter `verify` switches it on.
 */
#ifndef NSO_CROSSCHECK_H
#define NSO_CROSSCHECK_H

#include <linux/compiler.h>
#include <linux/types.h>

struct task_struct;

/*
 * Number of the current run, or 0; written by nso_crosscheck_start() and
 * _stop().
 */
extern unsigned int nso_crosscheck_run;

static inline bool nso_crosscheck_running(void)
{
	return READ_ONCE(nso_crosscheck_run);
}

/*
 * Starts and stops a run. Callers are serialized; both hooks are attached from
 * before the start until after the stop. Process context.
 */
void nso_crosscheck_start(void);
void nso_crosscheck_stop(void);

/*
 * The rest is for the probes of the hooks; callers hold tasklist_lock for
 * writing.
 */
void nso_crosscheck_end_parent_run(void);
void nso_crosscheck_flush_run(void);

/* Ends the dying parent: predicted but not observed by now is a mismatch. */
static inline void nso_crosscheck_end_parent(void)
{
	if (unlikely(nso_crosscheck_running()))
		nso_crosscheck_end_parent_run();
}

/* The same, where no dying parent is halfway: a run takes part from here on. */
static inline void nso_crosscheck_flush(void)
{
	if (unlikely(nso_crosscheck_running()))
		nso_crosscheck_flush_run();
}

/* Report one adoption by new_parent of a child of the dying parent. */
void nso_crosscheck_predicted(struct task_struct *new_parent);
void nso_crosscheck_observed(struct task_struct *new_parent);

/* Returns how many adoptions only one hook reported, since loading. */
u64 nso_crosscheck_mismatched(void);

#endif
