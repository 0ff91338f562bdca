// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "explain/explain.h"
#include "explain/gather.h"
#include "explain/target.h"
#include "explain/verdict-text.h"
#include "genl/client.h"
#include "genl/teardown.h"
#include "lib/clock.h"
#include "lib/poll.h"
#include "proc/procfs.h"
#include "proc/snapshot.h"

/* Maximum number of looks at a target that keeps changing. */
#define LOOKS_MAX	5

const char *explain_condition_name(enum condition condition)
{
	static const char *const names[] = {
		[NS_ALIVE]	= "alive",
		[NS_TEARDOWN]	= "teardown",
		[NS_GONE]	= "gone",
		[NS_LEFT_BEHIND] = "left-behind",
	};

	return names[condition];
}

const struct process *explain_init(const struct explanation *explanation)
{
	const struct facts *facts = &explanation->facts;

	if (!facts->has_init && facts->life)
		return &facts->life->main;
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
	advice_free(&explanation->advice);
	gather_free(&explanation->facts);
	threads_free(&explanation->threads);
	history_free(&explanation->history);
	lives_free(&explanation->lives);
	*explanation = (struct explanation){ 0 };
}

/* Whose events are printed. */
static struct wanted wanted_of(const struct target *target)
{
	bool initial = target->pidns == PROCFS_PIDNS_INITIAL;
	const struct life *life = target->life;

	if (target->kind == TARGET_PIDNS)
		return (struct wanted){ .pidns = target->pidns };
	if (!life)
		return (struct wanted){
			.pid = target->pid,
			.pidns = initial ? 0 : target->pidns,
		};
	return (struct wanted){
		.pid = target->pid,
		.pidns = life->pidns,
		.container = life->cgroup,
		.hierarchy = life->hierarchy,
	};
}

/*
 * Returns the life of the main process of @target among @lives, or NULL.
 */
static const struct life *find_life(const struct lives *lives,
				    const struct target *target,
				    const struct snapshot *snapshot)
{
	struct process main = {
		.pid = target->pid,
		.start_ns = target->start_ticks * clock_tick_ns(),
	};
	const struct task *init;

	init = target->kind == TARGET_PIDNS ?
		       snapshot_init_of(snapshot, target->pidns) : NULL;
	return lives_find_main(lives, init ? &init->process : &main);
}

/* Whose threads the module is asked for. */
static struct thread_filter threads_of(const struct target *target)
{
	const struct life *life = target->life;

	if (target->kind == TARGET_PROCESS)
		return (struct thread_filter){ .pid = 0 };
	if (!life)
		return (struct thread_filter){ .pidns = target->pidns };
	return (struct thread_filter){
		.container = life->cgroup,
		.hierarchy = life->hierarchy,
	};
}

/* Reads what the ledger has, and draws the facts from everything that was read. */
static int gather(struct client *client, const struct target *target,
		  struct sources *sources, struct explanation *explanation)
{
	struct thread_filter wanted;
	struct target now = *target;
	const struct life *life;
	int error;

	error = client_lives(client, &explanation->lives);
	if (error)
		return error;
	life = find_life(&explanation->lives, target, sources->snapshot);
	now.life = life ? life : target->life;
	/* What lives in it is then not left behind. */
	sources->restarted = life && lives_restarted(&explanation->lives, life);
	wanted = threads_of(&now);
	error = client_threads(client, &wanted, &explanation->threads);
	if (error)
		return error;
	sources->threads = &explanation->threads;
	return gather_facts(&now, sources, &explanation->facts);
}

static int judge(struct explanation *explanation)
{
	const struct facts *facts = &explanation->facts;
	int error;

	error = verdict_find(facts, &explanation->verdict);
	if (!error)
		error = advice_find(facts, &explanation->verdict,
				    &explanation->advice);
	if (error)
		return error;
	explanation->text = verdict_text(facts, &explanation->verdict,
					 &explanation->advice);
	return explanation->text ? 0 : -ENOMEM;
}

/*
 * Reads everything once. -EAGAIN means that history and /proc are not of the
 * same time. The ledger comes last: of what /proc has not any more it has the
 * end. @zombies are those of an earlier look, or NULL.
 */
static int look(struct client *client, const struct target *target,
		const struct zombies *zombies, struct explanation *explanation)
{
	struct wanted wanted = wanted_of(target);
	struct teardowns teardowns = { 0 };
	struct snapshot snapshot = { 0 };
	struct sources sources = {
		.snapshot = &snapshot,
		.history = &explanation->history,
		.client = client,
		.zombies = zombies,
	};
	int error;

	explain_free(explanation);
	error = history_read(client, &wanted, &explanation->history);
	if (!error)
		error = client_teardowns(client, &teardowns);
	if (!error)
		error = snapshot_read(&snapshot);
	sources.teardown = teardowns_find(&teardowns, target->pidns);
	if (!error)
		error = gather(client, target, &sources, explanation);
	if (!error)
		error = judge(explanation);
	teardowns_free(&teardowns);
	snapshot_free(&snapshot);
	return error;
}

bool explain_may_be_transient(enum verdict_kind kind)
{
	switch (kind) {
	case VERDICT_INIT_DISK_SLEEP:
	case VERDICT_INIT_BLOCKS_SIGNAL:
	case VERDICT_INIT_IN_HANDLER:
	case VERDICT_INIT_HANDLES_SIGNAL:
	case VERDICT_INIT_WAITS:
	case VERDICT_INIT_WAITS_FOR_CHILD:
	case VERDICT_INIT_DOES_NOT_REAP:
	case VERDICT_INIT_EXITING:
	case VERDICT_INIT_NOT_REAPED:
	case VERDICT_DISK_SLEEP:
		return true;
	default:
		return false;
	}
}

/* Looks until history and /proc agree. */
static int look_again(struct client *client, const struct target *target,
		      const struct zombies *zombies,
		      struct explanation *explanation)
{
	int looks, error = -EAGAIN;

	for (looks = 0; error == -EAGAIN && looks < LOOKS_MAX; looks++)
		error = look(client, target, zombies, explanation);
	return error;
}

int explain_target(struct client *client, const struct target *target,
		   struct explanation *explanation)
{
	struct zombies zombies;
	int error;

	error = look_again(client, target, NULL, explanation);
	if (error || !explain_may_be_transient(explanation->verdict.kind))
		return error;
	error = poll_wait(NULL, 0, EXPLAIN_TRANSIENT_MS);
	if (error < 0)
		return error;
	/* They outlive the facts of the first look. */
	zombies = explanation->facts.zombies;
	explanation->facts.zombies = (struct zombies){ .count = 0 };
	error = look_again(client, target, &zombies, explanation);
	free(zombies.list);
	return error;
}
