// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "cmd/session.h"
#include "command.h"
#include "explain/explain.h"
#include "explain/overview.h"
#include "explain/target.h"
#include "genl/client.h"
#include "genl/history.h"
#include "genl/life.h"
#include "lib/error.h"
#include "options.h"
#include "output/output.h"
#include "output/stdout.h"
#include "proc/snapshot.h"

#define CHANGES	"it changes too fast: try again"

/* Looks up @text with the record. On failure says why, and returns false. */
static bool find_recorded(struct client *client, const char *text,
			  const struct snapshot *snapshot,
			  const struct lives *lives, struct targets *targets)
{
	struct wanted wanted = { .pid = target_pid(text) };
	enum target_found found;
	struct history history;
	int error;

	error = history_read(client, &wanted, &history);
	if (error) {
		session_failed(error);
		return false;
	}
	found = target_find("explain", text, snapshot, lives, &history,
			    targets);
	history_free(&history);
	return found != TARGET_WRONG;
}

/*
 * Looks up @text; @targets point into @lives. On failure says why, and returns
 * false. Processes are not needed for a pid namespace: whether it is recorded is
 * known after explain_target().
 */
static bool find_targets(struct client *client, const char *text,
			 struct lives *lives, struct targets *targets)
{
	struct snapshot snapshot = { 0 };
	enum target_found found;
	bool result;
	int error;

	error = target_pidns(text) ? 0 : snapshot_read(&snapshot);
	/* What has ended in the snapshot has ended in the ledger, too. */
	if (!error)
		error = client_lives(client, lives);
	if (error) {
		snapshot_free(&snapshot);
		session_failed(error);
		return false;
	}
	found = target_find("explain", text, &snapshot, lives, NULL, targets);
	result = found == TARGET_UNREAD ?
			 find_recorded(client, text, &snapshot, lives,
				       targets) :
			 found != TARGET_WRONG;
	snapshot_free(&snapshot);
	return result;
}

/*
 * Checks that the target exists or is recorded. If neither, says so and
 * returns false.
 */
static bool check_exists(const struct target *target,
			 const struct explanation *explanation)
{
	return target->kind != TARGET_PIDNS ||
	       explanation->facts.condition != NS_GONE ||
	       explanation->facts.life ||
	       target_pidns_recorded("explain", target->pidns,
				     &explanation->history);
}

static enum exit_status explain_one(struct client *client,
				    const struct options *options,
				    const struct target *target)
{
	enum exit_status status = EXIT_STATUS_FAILED;
	struct explanation explanation = { 0 };
	int error;

	error = explain_target(client, target, &explanation);
	if (error == -ESRCH) {
		error_print_of("explain", "process %u ended meanwhile",
			       target->pid);
	} else if (error == -EAGAIN) {
		error_print_of("explain", CHANGES);
	} else if (error) {
		session_failed(error);
	} else if (check_exists(target, &explanation)) {
		options->format->explain(&explanation);
		stdout_commit();
		status = EXIT_STATUS_DONE;
	}
	explain_free(&explanation);
	return status;
}

static enum exit_status explain_with(struct client *client,
				     const struct options *options)
{
	enum exit_status status = EXIT_STATUS_DONE;
	struct targets targets = { 0 };
	struct lives lives = { 0 };
	size_t i;

	if (!find_targets(client, options->target, &lives, &targets))
		status = EXIT_STATUS_FAILED;
	for (i = 0; i < targets.count; i++)
		if (explain_one(client, options, &targets.list[i]) !=
		    EXIT_STATUS_DONE)
			status = EXIT_STATUS_FAILED;
	free(targets.list);
	lives_free(&lives);
	return status;
}

/* Worst first: who is stuck before who still dies, the dead before the living. */
static int by_severity(const void *a, const void *b)
{
	enum verdict_kind left = ((const struct overview_row *)a)->verdict;
	enum verdict_kind right = ((const struct overview_row *)b)->verdict;

	if (verdict_severity(left) != verdict_severity(right))
		return verdict_severity(left) < verdict_severity(right) ? 1 :
									  -1;
	return (left < right) - (left > right);
}

/*
 * Explains what @row is about, unless it is gone or healthy by now. Counts it in
 * @shown where it is printed. Returns 0 or a negative errno.
 */
static int explain_row(struct client *client, const struct options *options,
		       const struct overview_row *row, size_t *shown)
{
	struct explanation explanation = { 0 };
	int error;

	error = explain_target(client, &row->target, &explanation);
	if (!error && verdict_severity(explanation.verdict.kind) >
			      SEVERITY_OVER) {
		options->format->explain_one(&explanation);
		stdout_commit();
		++*shown;
	}
	explain_free(&explanation);
	return error == -ESRCH ? 0 : error;
}

/* Explains everything that has trouble. */
static enum exit_status explain_all(struct client *client,
				    const struct options *options)
{
	struct overview overview = { .count = 0 };
	const struct overview_row *row;
	size_t i, shown = 0;
	int error;

	error = overview_read(client, true, &overview);
	if (!error && overview.count)
		qsort(overview.rows, overview.count, sizeof(*overview.rows),
		      by_severity);
	for (i = 0; !error && i < overview.count; i++) {
		row = &overview.rows[i];
		if (row->verdict != VERDICT_HEALTHY)
			error = explain_row(client, options, row, &shown);
	}
	if (!error && !shown && options->format->explain_none) {
		options->format->explain_none(overview.count);
		stdout_commit();
	}
	overview_free(&overview);
	session_unread("explain");
	if (error == -EAGAIN)
		error_print_of("explain", CHANGES);
	else if (error)
		session_failed(error);
	return error ? EXIT_STATUS_FAILED : EXIT_STATUS_DONE;
}

static enum exit_status explain(const struct options *options)
{
	enum exit_status status;
	struct client *client;

	if (!options->format->explain) {
		error_print_of("explain", "--format: text or json");
		return EXIT_STATUS_USAGE;
	}
	if (!session_in_initial_pidns("explain") ||
	    !session_open_or_warn("who sent which signal, and what is gone, are",
				  true, &client))
		return EXIT_STATUS_FAILED;
	status = options->target ? explain_with(client, options) :
				   explain_all(client, options);
	client_close(client);
	return status;
}

const struct command command_explain = {
	.name		= "explain",
	.summary	= "say why a container is still there, or how it ended",
	.help		= "Say why a container, the one that PID is in, or a pid namespace is\n"
			  "still there: what it waits for, and who has to act; or that it\n"
			  "is healthy, or who ended it, and why. A CONTAINER, alive or gone,\n"
			  "is named by its name or id, or the beginning of these; NS/POD are\n"
			  "all containers of a pod, NS/POD/CONTAINER is one of them. Without\n"
			  "a target: all that are not healthy, worst first.\n",
	.options	= OPTIONS_FORMAT | OPTIONS_TARGET | OPTIONS_WORKER,
	.run		= explain,
};
