// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>

#include "dying-parent.h"
#include "recorder-wake.h"

struct nso_dying_parent nso_dying_parent;

static atomic64_t unresolved;

void nso_dying_parent_count_unresolved(void)
{
	atomic64_inc(&unresolved);
	/* No event tells of it, so have the count announced. */
	nso_recorder_wake();
}

u64 nso_dying_parents_unresolved(void)
{
	return atomic64_read(&unresolved);
}
