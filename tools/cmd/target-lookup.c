// SPDX-License-Identifier: GPL-2.0
#include "cmd/session.h"
#include "cmd/target-lookup.h"
#include "genl/client.h"
#include "genl/history.h"
#include "genl/life.h"
#include "proc/snapshot.h"

/* Looks up @text with the record. */
static enum target_found find_recorded(struct client *client,
				       const char *command, const char *text,
				       const struct snapshot *snapshot,
				       const struct lives *lives,
				       struct targets *targets)
{
	struct wanted wanted = { .pid = target_pid(text) };
	enum target_found found;
	struct history history;
	int error;

	error = history_read(client, &wanted, &history);
	if (error) {
		session_failed(error);
		return TARGET_WRONG;
	}
	found = target_find(command, text, snapshot, lives, &history, targets);
	history_free(&history);
	return found;
}

enum target_found target_look_up(struct client *client, const char *command,
				 const char *text, struct lives *lives,
				 struct targets *targets)
{
	struct snapshot snapshot = { 0 };
	enum target_found found;
	int error;

	/* Processes are not needed for a pid namespace. */
	error = target_pidns(text) ? 0 : snapshot_read(&snapshot);
	/* What has ended in the snapshot has ended in the ledger, too. */
	if (!error)
		error = client_lives(client, lives);
	if (error) {
		snapshot_free(&snapshot);
		session_failed(error);
		return TARGET_WRONG;
	}
	found = target_find(command, text, &snapshot, lives, NULL, targets);
	if (found == TARGET_UNREAD)
		found = find_recorded(client, command, text, &snapshot, lives,
				      targets);
	snapshot_free(&snapshot);
	return found;
}
