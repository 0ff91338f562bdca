// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "cmd/session.h"
#include "cmd/target-lookup.h"
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

#define CHANGES	"it changes too fast: try again"

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

	if (target_look_up(client, "explain", options->target, &lives,
			   &targets) == TARGET_WRONG)
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
