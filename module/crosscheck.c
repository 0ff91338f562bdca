// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/sched.h>

#include "crosscheck.h"
#include "dying-parent.h"
#include "recorder-wake.h"

unsigned int nso_crosscheck_run;

/*
 * The run that the dying parent takes part in. A run starts and stops while
 * some dying parent may be halfway; the first to take part is the first that
 * lies wholly inside the run.
 */
static unsigned int joined_run;

static atomic64_t mismatched = ATOMIC64_INIT(0);

static void mismatch(u64 count)
{
	atomic64_add(count, &mismatched);
	/* No event may follow, so have the count announced. */
	nso_recorder_wake();
}

void nso_crosscheck_start(void)
{
	static unsigned int runs;

	if (!++runs)
		runs = 1;
	WRITE_ONCE(nso_crosscheck_run, runs);
}

void nso_crosscheck_stop(void)
{
	WRITE_ONCE(nso_crosscheck_run, 0);
}

static bool in_run(void)
{
	return joined_run && joined_run == READ_ONCE(nso_crosscheck_run);
}

void nso_crosscheck_end_parent_run(void)
{
	if (in_run() && nso_dying_parent.pending)
		mismatch(nso_dying_parent.pending);
	nso_dying_parent.pending = 0;
}

void nso_crosscheck_flush_run(void)
{
	nso_crosscheck_end_parent_run();
	joined_run = READ_ONCE(nso_crosscheck_run);
}

void nso_crosscheck_predicted(struct task_struct *new_parent)
{
	nso_dying_parent.new_parent = new_parent;
	nso_dying_parent.pending++;
}

void nso_crosscheck_observed(struct task_struct *new_parent)
{
	if (!in_run())
		return;
	if (nso_dying_parent.pending &&
	    nso_dying_parent.new_parent == new_parent)
		nso_dying_parent.pending--;
	else
		mismatch(1);
}

u64 nso_crosscheck_mismatched(void)
{
	return atomic64_read(&mismatched);
}
