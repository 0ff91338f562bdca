// SPDX-License-Identifier: GPL-2.0
#include "explain/cause.h"

static const struct {
	const char *name;
	const char *words;
} causes[] = {
	[CAUSE_TRACED] = { "teardown-traced",
		"its tracer, outside of the namespace, holds it" },
	[CAUSE_OUTSIDE_PARENT] = { "teardown-outside-parent",
		"its parent, outside of the namespace, does not reap it" },
	[CAUSE_FROZEN] = { "teardown-frozen",
		"it is frozen" },
	[CAUSE_DUMPING] = { "teardown-dumping",
		"it dumps core" },
	[CAUSE_LIVE_THREAD] = { "teardown-live-thread",
		"another of its threads has not ended" },
	[CAUSE_DISK_SLEEP] = { "teardown-disk-sleep",
		"it waits for a device or file system that does not answer" },
	[CAUSE_RUNNING] = { "teardown-running",
		"it is still dying" },
};

static bool has(const struct remaining *remaining, enum nsorphan_left_flag flag)
{
	return remaining->flags & flag;
}

static bool is_stopped(uint32_t state)
{
	return state == NSORPHAN_TASK_STATE_STOPPED ||
	       state == NSORPHAN_TASK_STATE_TRACED;
}

/* Whoever is parent and tracer in one reaps it as the parent. */
static bool is_traced(const struct remaining *remaining, uint32_t state)
{
	if (!has(remaining, NSORPHAN_LEFT_FLAG_OUTSIDE_TRACER))
		return false;
	return is_stopped(state) ||
	       (state == NSORPHAN_TASK_STATE_ZOMBIE &&
		remaining->tracer.pid != remaining->parent.pid);
}

enum cause cause_of(const struct remaining *remaining)
{
	bool thread = has(remaining, NSORPHAN_LEFT_FLAG_LIVE_THREAD);
	uint32_t state = thread ? remaining->process.thread_state :
				  remaining->process.state;

	if (thread && state == NSORPHAN_TASK_STATE_ZOMBIE &&
	    has(remaining, NSORPHAN_LEFT_FLAG_OUTSIDE_TRACER))
		return CAUSE_TRACED;
	if (is_traced(remaining, state))
		return CAUSE_TRACED;
	if (!thread && state == NSORPHAN_TASK_STATE_ZOMBIE)
		return has(remaining, NSORPHAN_LEFT_FLAG_OUTSIDE_PARENT) ?
			       CAUSE_OUTSIDE_PARENT : CAUSE_RUNNING;
	if (has(remaining, NSORPHAN_LEFT_FLAG_FROZEN))
		return CAUSE_FROZEN;
	if (has(remaining, NSORPHAN_LEFT_FLAG_DUMPING))
		return CAUSE_DUMPING;
	if (thread)
		return CAUSE_LIVE_THREAD;
	return state == NSORPHAN_TASK_STATE_DISK_SLEEP ? CAUSE_DISK_SLEEP :
							 CAUSE_RUNNING;
}

const char *cause_name(enum cause cause)
{
	return causes[cause].name;
}

const char *cause_words(enum cause cause)
{
	return causes[cause].words;
}
