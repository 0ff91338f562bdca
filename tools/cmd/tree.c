// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "cmd/session.h"
#include "command.h"
#include "explain/process-tree.h"
#include "explain/target.h"
#include "genl/client.h"
#include "genl/history.h"
#include "genl/life.h"
#include "lib/error.h"
#include "options.h"
#include "output/output.h"
#include "output/stdout.h"
#include "proc/names-cache.h"
#include "proc/snapshot.h"

/* Looks up the target among live processes. On failure says why. */
static bool find_targets(const struct options *options,
			 const struct snapshot *snapshot,
			 const struct lives *lives,
			 const struct history *history, struct targets *targets)
{
	const char *text = options->target;

	switch (target_find("tree", text, snapshot, lives, history, targets)) {
	case TARGET_FOUND:
		return true;
	case TARGET_GONE:
		break;
	default:
		return false;
	}
	if (!target_pidns(text) || targets->list[0].life ||
	    target_pidns_recorded("tree", targets->list[0].pidns, history))
		error_print_of("tree", "%s is gone: see nsorphan explain %s",
			       text, text);
	return false;
}

/* A NULL @target stands for all processes. */
static enum exit_status print_tree(const struct options *options,
				   const struct snapshot *snapshot,
				   const struct history *history,
				   const struct target *target)
{
	enum exit_status status = EXIT_STATUS_DONE;
	struct process_tree tree;
	int error;

	error = process_tree_build(snapshot, history, target, &tree);
	if (error) {
		status = session_failed(error);
	} else if (!tree.count) {
		error_print_of("tree", "nothing lives of '%s'",
			       options->target);
		status = EXIT_STATUS_FAILED;
	} else {
		options->format->tree(&tree);
		stdout_commit();
	}
	process_tree_free(&tree);
	return status;
}

static enum exit_status print_trees(const struct options *options,
				    const struct snapshot *snapshot,
				    const struct lives *lives,
				    const struct history *history)
{
	enum exit_status status = EXIT_STATUS_DONE;
	struct targets targets = { 0 };
	size_t i;

	if (!options->target) {
		names_find_tasks(snapshot->list, snapshot->count);
		return print_tree(options, snapshot, history, NULL);
	}
	if (!find_targets(options, snapshot, lives, history, &targets))
		status = EXIT_STATUS_FAILED;
	for (i = 0; status == EXIT_STATUS_DONE && i < targets.count; i++)
		status = print_tree(options, snapshot, history,
				    &targets.list[i]);
	free(targets.list);
	return status;
}

/* Reads the record, and the ledger where a target is looked up. */
static int read_module(struct client *client, const struct options *options,
		       struct lives *lives, struct history *history)
{
	struct wanted wanted = { 0 };
	int error = 0;

	if (options->target) {
		wanted.pid = target_pid(options->target);
		wanted.pidns = target_pidns(options->target);
		error = client_lives(client, lives);
	}
	return error ? error : history_read(client, &wanted, history);
}

/* @client is NULL where the module is not loaded. */
static enum exit_status tree_with(struct client *client,
				  const struct options *options)
{
	struct history history = { 0 };
	struct snapshot snapshot = { 0 };
	struct lives lives = { 0 };
	enum exit_status status;
	int error;

	error = read_module(client, options, &lives, &history);
	if (!error)
		error = snapshot_read(&snapshot);
	status = error ? session_failed(error) :
			 print_trees(options, &snapshot, &lives, &history);
	snapshot_free(&snapshot);
	history_free(&history);
	lives_free(&lives);
	return status;
}

static enum exit_status tree(const struct options *options)
{
	enum exit_status status;
	struct client *client;

	if (!options->format->tree) {
		error_print_of("tree", "--format: text or json");
		return EXIT_STATUS_USAGE;
	}
	if (!session_in_initial_pidns("tree"))
		return EXIT_STATUS_FAILED;
	if (!session_open_or_warn("who is an orphan or a subreaper is", false,
				  &client))
		return EXIT_STATUS_FAILED;
	status = tree_with(client, options);
	session_unread("tree");
	client_close(client);
	return status;
}

const struct command command_tree = {
	.name		= "tree",
	.summary	= "print processes as a tree, orphans marked",
	.help		= "Print all processes as a tree, or PID and its descendants, or the\n"
			  "processes in a CONTAINER or pid namespace; with the parent that\n"
			  "each orphan lost.\n",
	.options	= OPTIONS_FORMAT | OPTIONS_TARGET | OPTIONS_WORKER,
	.run		= tree,
};
