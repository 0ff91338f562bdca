// SPDX-License-Identifier: GPL-2.0
#include <errno.h>

#include "cmd/session.h"
#include "command.h"
#include "explain/explain.h"
#include "explain/target.h"
#include "genl/client.h"
#include "genl/history.h"
#include "lib/error.h"
#include "options.h"
#include "output/output.h"
#include "output/stdout.h"
#include "proc/snapshot.h"

/*
 * Reads the processes among which @text is looked up: none for pidns:INUM, one
 * for a PID, else all. Reading all of them takes long where there are
 * thousands, and explain_target() does so again.
 */
static int read_candidates(const char *text, struct snapshot *snapshot)
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

/* Looks up @text in the record. On failure says why, and returns false. */
static bool find_recorded(struct client *client, const char *text,
			  struct target *target)
{
	struct wanted wanted = { .pid = target_pid(text) };
	struct history history;
	bool found;
	int error;

	error = history_read(client, &wanted, &history);
	if (error) {
		session_failed(error);
		return false;
	}
	found = target_recorded("explain", text, &history, target);
	history_free(&history);
	return found;
}

/* Looks up @text. On failure says why, and returns false. */
static bool find_target(struct client *client, const char *text,
			struct target *target)
{
	enum target_found found;
	struct snapshot snapshot;
	int error;

	error = read_candidates(text, &snapshot);
	if (error) {
		session_failed(error);
		return false;
	}
	found = target_find("explain", text, &snapshot, target);
	snapshot_free(&snapshot);
	if (found != TARGET_RECORDED)
		return found == TARGET_FOUND;
	/* Whether the namespace is recorded is known after explain_target(). */
	return target_pidns(text) || find_recorded(client, text, target);
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
	       target_pidns_recorded("explain", target->pidns,
				     &explanation->history);
}

static enum exit_status explain_with(struct client *client,
				     const struct options *options)
{
	enum exit_status status = EXIT_STATUS_FAILED;
	struct explanation explanation = { 0 };
	struct target target;
	int error;

	if (!find_target(client, options->target, &target))
		return EXIT_STATUS_FAILED;
	error = explain_target(client, &target, &explanation);
	if (error == -ESRCH) {
		error_print_of("explain", "process %u ended meanwhile",
			       target.pid);
	} else if (error == -EAGAIN) {
		error_print_of("explain", "it changes too fast: try again");
	} else if (error) {
		session_failed(error);
	} else if (check_exists(&target, &explanation)) {
		options->format->explain(&explanation);
		stdout_commit();
		status = EXIT_STATUS_DONE;
	}
	explain_free(&explanation);
	return status;
}

static enum exit_status explain(const struct options *options)
{
	enum exit_status status = EXIT_STATUS_FAILED;
	struct client *client;

	if (!options->format->explain) {
		error_print_of("explain", "--format: text or json");
		return EXIT_STATUS_USAGE;
	}
	client = session_open();
	if (!client)
		return EXIT_STATUS_FAILED;
	if (session_in_initial_pidns("explain"))
		status = explain_with(client, options);
	client_close(client);
	return status;
}

const struct command command_explain = {
	.name		= "explain",
	.summary	= "say why a container is still there",
	.help		= "Say why a pid namespace, that of a process or a container, is\n"
			  "still there: what it waits for, and who has to act; or that it\n"
			  "is healthy, or how it ended.\n",
	.options	= OPTIONS_FORMAT | OPTIONS_TARGET | OPTIONS_NEEDED,
	.run		= explain,
};
