// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/sched.h>

#include "recorder.h"
#include "verify.h"

unsigned int verify_run;

/* The father in work, and what is yet to be seen of it; under tasklist_lock. */
static struct {
	unsigned int run;
	struct task_struct *father;
	struct task_struct *new_parent;
	u64 pending;
} foretold;

static atomic64_t mismatched = ATOMIC64_INIT(0);

static void mismatch(u64 count)
{
	atomic64_add(count, &mismatched);
	/* It is to be announced, and may come after the last event. */
	recorder_wake();
}

void verify_start(void)
{
	static unsigned int runs;

	if (!++runs)
		runs = 1;
	WRITE_ONCE(verify_run, runs);
}

void verify_stop(void)
{
	WRITE_ONCE(verify_run, 0);
}

/*
 * A run begins and ends in the middle of some father's work; it takes part
 * from the first father on that lies wholly inside.
 */
static bool in_run(void)
{
	return foretold.run && foretold.run == READ_ONCE(verify_run);
}

void verify_settle_run(void)
{
	if (in_run() && foretold.pending)
		mismatch(foretold.pending);
	foretold.run = READ_ONCE(verify_run);
	foretold.father = NULL;
	foretold.pending = 0;
}

void verify_foretold(struct task_struct *father,
		     struct task_struct *new_parent)
{
	foretold.father = father;
	foretold.new_parent = new_parent;
	foretold.pending++;
}

void verify_seen(struct task_struct *father, struct task_struct *new_parent)
{
	if (!in_run())
		return;
	if (foretold.pending && foretold.father == father &&
	    foretold.new_parent == new_parent)
		foretold.pending--;
	else
		mismatch(1);
}

u64 verify_mismatched(void)
{
	return atomic64_read(&mismatched);
}
