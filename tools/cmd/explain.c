// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/session.h"
#include "genl/client.h"
#include "command.h"
#include "explain/explain.h"
#include "explain/gather.h"
#include "lib/error.h"
#include "options.h"
#include "output/stdout.h"
#include "output/output.h"
#include "explain/target.h"
#include "proc/snapshot.h"
#include "genl/teardown.h"
#include "lib/poll.h"

/* What changes under our eyes is looked at so often. */
#define LOOKS_MAX	5

/* What may be over in a moment is looked at again after so many ms. */
#define SETTLE_MS	200

const char *explain_condition(enum condition condition)
{
	static const char *const words[] = {
		[NS_ALIVE]	= "alive",
		[NS_TEARDOWN]	= "teardown",
		[NS_GONE]	= "gone",
	};

	return words[condition];
}

const struct process *explain_init(const struct explanation *explanation)
{
	const struct facts *facts = &explanation->facts;

	if (facts->has_init || (!facts->begin && !facts->end))
		return &facts->init.process;
	return &(facts->begin ? facts->begin : facts->end)->process[ROLE_INIT];
}

size_t explain_first(const struct explanation *explanation,
		     const struct recent *recent)
{
	size_t i = recent->count > RECENT_MAX ? recent->count - RECENT_MAX : 0;
	const struct process *init = explain_init(explanation);

	while (init->has && i < recent->count &&
	       recent->events[i % RECENT_MAX].boot_ns < init->start_ns)
		i++;
	return i;
}

static void forget(struct explanation *explanation)
{
	free(explanation->verdict.findings);
	gather_free(&explanation->facts);
	history_free(&explanation->history);
	*explanation = (struct explanation){ 0 };
}

/* The one of @pidns, or NULL. */
static const struct teardown *teardown_of(const struct teardowns *teardowns,
					  uint32_t pidns)
{
	size_t i;

	for (i = 0; i < teardowns->count; i++)
		if (teardowns->teardown[i].pidns == pidns)
			return &teardowns->teardown[i];
	return NULL;
}

/* One look at everything. Returns 0 or a negative errno of gather_facts(). */
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

	forget(explanation);
	error = history_read(client, &wanted, &explanation->history);
	if (!error)
		error = client_teardowns(client, &teardowns);
	if (!error)
		error = snapshot_read(&snapshot);
	if (!error)
		error = gather_facts(target, &snapshot, &explanation->history,
				     teardown_of(&teardowns, target->pidns),
				     &explanation->facts);
	teardowns_free(&teardowns);
	snapshot_free(&snapshot);
	return error ? error : verdict_find(&explanation->facts,
					    &explanation->verdict);
}

/*
 * Disk sleep is most often over at once, and so is a pending signal where init
 * waits for just that.
 */
static bool passing(const struct explanation *explanation)
{
	return explanation->verdict.cause == VERDICT_INIT_DISK_SLEEP ||
	       explanation->verdict.cause == VERDICT_INIT_BLOCKS_SIGNAL ||
	       explanation->verdict.cause == VERDICT_DISK_SLEEP;
}

static int look_well(struct client *client, const struct target *target,
		     struct explanation *explanation)
{
	int looks, error = -EAGAIN;

	for (looks = 0; error == -EAGAIN && looks < LOOKS_MAX; looks++)
		error = look(client, target, explanation);
	if (error || !passing(explanation))
		return error;
	error = poll_wait(NULL, 0, SETTLE_MS);
	return error < 0 ? error : look(client, target, explanation);
}

/*
 * Those whom it takes to find what @text names. To look at everyone takes long
 * where there are thousands, and is done again for what is found.
 */
static int read_named(const char *text, struct snapshot *snapshot)
{
	uint32_t pid = target_pid(text);
	int error;

	*snapshot = (struct snapshot){ 0 };
	if (target_pidns(text))
		return 0;
	error = pid ? snapshot_read_one(snapshot, pid) : 0;
	/* Digits that are no pid may be the beginning of a container's id. */
	return error || snapshot->count ? error : snapshot_read(snapshot);
}

/* Returns an EXIT_STATUS_*, or a negative errno. */
static int find_target(struct client *client, const char *text,
		       struct target *target)
{
	struct history history;
	enum target_found found;
	struct wanted wanted;
	struct snapshot snapshot;
	bool known;
	int error;

	error = read_named(text, &snapshot);
	if (error)
		return error;
	found = target_find("explain", text, &snapshot, target);
	snapshot_free(&snapshot);
	if (found != TARGET_RECORDED)
		return found == TARGET_FOUND ? EXIT_STATUS_DONE : EXIT_STATUS_FAILED;
	/* A look at it will tell whether it is there, or was. */
	if (target_pidns(text))
		return EXIT_STATUS_DONE;
	wanted = (struct wanted){ .pid = target_pid(text) };
	error = history_read(client, &wanted, &history);
	if (error)
		return error;
	known = target_recorded("explain", text, &history, target);
	history_free(&history);
	return known ? EXIT_STATUS_DONE : EXIT_STATUS_FAILED;
}

/* Whether there is, or was, what was looked at; if not, that is said. */
static bool is_known(const struct target *target,
		     const struct explanation *explanation)
{
	return target->kind != TARGET_PIDNS ||
	       explanation->facts.condition != NS_GONE ||
	       target_pidns_recorded("explain", target->pidns,
				     &explanation->history);
}

static int explain_with(struct client *client, const struct options *options)
{
	struct explanation explanation = { 0 };
	struct target target;
	int result;

	result = find_target(client, options->target, &target);
	if (result)
		return result;
	result = look_well(client, &target, &explanation);
	if (!result && !is_known(&target, &explanation)) {
		result = EXIT_STATUS_FAILED;
	} else if (!result) {
		options->format->explain(&explanation);
		stdout_commit();
	} else if (result == -ESRCH) {
		error_print_of("explain", "process %u ended meanwhile", target.pid);
		result = EXIT_STATUS_FAILED;
	}
	forget(&explanation);
	return result;
}

static enum exit_status explain(const struct options *options)
{
	struct client *client;
	int result;

	if (!options->format->explain) {
		error_print_of("explain", "--format: text or json");
		return EXIT_STATUS_USAGE;
	}
	client = session_open();
	if (!client)
		return EXIT_STATUS_FAILED;
	result = session_in_initial_pidns("explain") ?
			explain_with(client, options) : EXIT_STATUS_FAILED;
	client_close(client);
	if (result >= 0)
		return result;
	if (result != -EAGAIN)
		return session_failed(result);
	error_print_of("explain", "it changes too fast: try again");
	return EXIT_STATUS_FAILED;
}

const struct command command_explain = {
	.name		= "explain",
	.summary	= "tell why a container is still there",
	.help		= "Tells what a pid namespace, that of a process or a container,\n"
			  "waits for, and who has to act; or that it is healthy, or how\n"
			  "it ended.\n",
	.options	= OPTIONS_FORMAT | OPTIONS_TARGET | OPTIONS_NEEDED,
	.run		= explain,
};
