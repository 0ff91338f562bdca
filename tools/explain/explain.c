// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "explain/explain.h"
#include "explain/gather.h"
#include "explain/target.h"
#include "explain/verdict-text.h"
#include "genl/client.h"
#include "genl/teardown.h"
#include "lib/poll.h"
#include "proc/snapshot.h"

/* Maximum number of looks at a target that keeps changing. */
#define LOOKS_MAX	5

/* Time in ms after which a verdict that may be transient is verified. */
#define TRANSIENT_MS	200

const char *explain_condition_name(enum condition condition)
{
	static const char *const names[] = {
		[NS_ALIVE]	= "alive",
		[NS_TEARDOWN]	= "teardown",
		[NS_GONE]	= "gone",
	};

	return names[condition];
}

const struct process *explain_init(const struct explanation *explanation)
{
	const struct facts *facts = &explanation->facts;

	if (facts->has_init || (!facts->begin && !facts->end))
		return &facts->init.process;
	return &(facts->begin ? facts->begin : facts->end)->process[ROLE_INIT];
}

size_t explain_first_event(const struct explanation *explanation,
			   const struct recent *recent)
{
	size_t i = recent->count > RECENT_MAX ? recent->count - RECENT_MAX : 0;
	const struct process *init = explain_init(explanation);

	while (init->has && i < recent->count &&
	       recent->events[i % RECENT_MAX].boot_ns < init->start_ns)
		i++;
	return i;
}

void explain_free(struct explanation *explanation)
{
	free(explanation->text);
	free(explanation->verdict.findings);
	gather_free(&explanation->facts);
	history_free(&explanation->history);
	*explanation = (struct explanation){ 0 };
}

/* Returns the teardown of @pidns, or NULL. */
static const struct teardown *find_teardown(const struct teardowns *teardowns,
					    uint32_t pidns)
{
	size_t i;

	for (i = 0; i < teardowns->count; i++)
		if (teardowns->teardown[i].pidns == pidns)
			return &teardowns->teardown[i];
	return NULL;
}

/*
 * Reads everything once. -EAGAIN means that history and /proc are not of the
 * same time.
 */
static int look(struct client *client, const struct target *target,
		struct explanation *explanation)
{
	struct wanted wanted = {
		.pidns = target->kind == TARGET_PIDNS ? target->pidns : 0,
		.pid = target->kind == TARGET_PROCESS ? target->pid : 0,
	};
	struct teardowns teardowns = { 0 };
	struct snapshot snapshot = { 0 };
	int error;

	explain_free(explanation);
	error = history_read(client, &wanted, &explanation->history);
	if (!error)
		error = client_teardowns(client, &teardowns);
	if (!error)
		error = snapshot_read(&snapshot);
	if (!error)
		error = gather_facts(target, &snapshot, &explanation->history,
				     find_teardown(&teardowns, target->pidns),
				     &explanation->facts);
	if (!error)
		error = verdict_find(&explanation->facts,
				     &explanation->verdict);
	teardowns_free(&teardowns);
	snapshot_free(&snapshot);
	if (error)
		return error;
	explanation->text = verdict_text(&explanation->facts,
					 &explanation->verdict);
	return explanation->text ? 0 : -ENOMEM;
}

/*
 * Checks for a verdict that is most often over in a moment: disk sleep, or a
 * blocked signal that is pending while init is about to fetch it.
 */
static bool may_be_transient(const struct verdict *verdict)
{
	return verdict->kind == VERDICT_INIT_DISK_SLEEP ||
	       verdict->kind == VERDICT_INIT_BLOCKS_SIGNAL ||
	       verdict->kind == VERDICT_DISK_SLEEP;
}

int explain_target(struct client *client, const struct target *target,
		   struct explanation *explanation)
{
	int looks, error = -EAGAIN;

	for (looks = 0; error == -EAGAIN && looks < LOOKS_MAX; looks++)
		error = look(client, target, explanation);
	if (error || !may_be_transient(&explanation->verdict))
		return error;
	error = poll_wait(NULL, 0, TRANSIENT_MS);
	return error < 0 ? error : look(client, target, explanation);
}
