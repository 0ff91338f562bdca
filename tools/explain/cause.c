// SPDX-License-Identifier: GPL-2.0
#include "explain/cause.h"

static bool has(const struct remaining *remaining, enum nsorphan_remaining_flag flag)
{
	return remaining->flags & flag;
}

static bool is_stopped(uint32_t state)
{
	return state == NSORPHAN_TASK_STATE_STOPPED ||
	       state == NSORPHAN_TASK_STATE_TRACED;
}

/* A tracer that is the parent, too, reaps a zombie as its parent. */
static bool is_traced(const struct remaining *remaining, uint32_t state)
{
	if (!has(remaining, NSORPHAN_REMAINING_FLAG_OUTSIDE_TRACER))
		return false;
	return is_stopped(state) ||
	       (state == NSORPHAN_TASK_STATE_ZOMBIE &&
		remaining->tracer.pid != remaining->parent.pid);
}

enum verdict_kind cause_of(const struct remaining *remaining)
{
	bool thread = has(remaining, NSORPHAN_REMAINING_FLAG_LIVE_THREAD);
	uint32_t state = thread ? remaining->process.thread_state :
				  remaining->process.state;

	if (thread && state == NSORPHAN_TASK_STATE_ZOMBIE &&
	    has(remaining, NSORPHAN_REMAINING_FLAG_OUTSIDE_TRACER))
		return VERDICT_TRACED;
	if (is_traced(remaining, state))
		return VERDICT_TRACED;
	if (!thread && state == NSORPHAN_TASK_STATE_ZOMBIE)
		return has(remaining, NSORPHAN_REMAINING_FLAG_OUTSIDE_PARENT) ?
			       VERDICT_OUTSIDE_PARENT : VERDICT_RUNNING;
	if (has(remaining, NSORPHAN_REMAINING_FLAG_FROZEN))
		return VERDICT_FROZEN;
	if (has(remaining, NSORPHAN_REMAINING_FLAG_DUMPING))
		return VERDICT_DUMPING;
	if (thread)
		return VERDICT_LIVE_THREAD;
	return state == NSORPHAN_TASK_STATE_DISK_SLEEP ? VERDICT_DISK_SLEEP :
							 VERDICT_RUNNING;
}
