// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>

#include "dying-parent.h"
#include "recorder.h"

struct nso_dying_parent nso_dying_parent;

static atomic64_t unresolved;

void nso_dying_parent_begin(struct task_struct *father)
{
	struct nso_dying_parent *dying = &nso_dying_parent;

	if (unlikely(READ_ONCE(dying->unresolved) && !dying->partial)) {
		atomic64_inc(&unresolved);
		/* No event tells of it, so have the count announced. */
		nso_recorder_wake();
	}
	dying->task = father;
	dying->start_ns = father->start_boottime;
	dying->adopted = false;
	dying->null_returns = 0;
	dying->searched = false;
	WRITE_ONCE(dying->unresolved, false);
	dying->partial = false;
	dying->pending = 0;
}

u64 nso_dying_parents_unresolved(void)
{
	return atomic64_read(&unresolved);
}
