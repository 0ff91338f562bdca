// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

#include "explain/gather.h"
#include "explain/target.h"
#include "explain/teardowns-seen.h"
#include "genl/history.h"
#include "genl/teardown.h"
#include "proc/snapshot.h"

static int add_remaining(const struct view *view, struct teardown *teardown)
{
	struct remaining *remaining = teardown_add_remaining(teardown);

	if (!remaining)
		return -ENOMEM;
	*remaining = view_as_remaining(view);
	return 0;
}

static int add_teardown(const struct task *init, const struct facts *facts,
			struct teardowns *teardowns)
{
	struct teardown *teardown = teardowns_add(teardowns);
	int error = 0;
	size_t i;

	if (!teardown)
		return -ENOMEM;
	teardown->pidns = facts->pidns;
	teardown->level = init->levels - 1;
	teardown->init = init->process;
	for (i = 0; !error && i < facts->count; i++)
		error = add_remaining(&facts->others[i], teardown);
	return error;
}

/* Adds the teardown of the namespace of @init, if that is in one. */
static int look_at(const struct task *init, const struct snapshot *snapshot,
		   struct teardowns *teardowns)
{
	static const struct history none = { .absent = true };
	struct target target = {
		.kind = TARGET_PIDNS,
		.pidns = init->process.pidns,
	};
	struct sources sources = { .snapshot = snapshot, .history = &none };
	struct facts facts = { .others = NULL };
	int error;

	error = gather_facts(&target, &sources, &facts);
	if (!error && facts.condition == NS_TEARDOWN)
		error = add_teardown(init, &facts, teardowns);
	gather_free(&facts);
	return error;
}

int teardowns_seen(struct teardowns *teardowns)
{
	struct snapshot snapshot;
	const struct task *task;
	int error;
	size_t i;

	error = snapshot_read(&snapshot);
	if (error)
		return error;
	for (i = 0; !error && i < snapshot.count; i++) {
		task = &snapshot.list[i];
		if (task_is_init(task) && task->exiting)
			error = look_at(task, &snapshot, teardowns);
	}
	snapshot_free(&snapshot);
	return error;
}
