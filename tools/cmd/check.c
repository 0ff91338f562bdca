// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/session.h"
#include "cmd/target-lookup.h"
#include "command.h"
#include "explain/overview.h"
#include "genl/client.h"
#include "genl/life.h"
#include "genl/status.h"
#include "lib/clock.h"
#include "lib/duration.h"
#include "lib/error.h"
#include "lib/utf8.h"
#include "options.h"
#include "output/stdout.h"
#include "proc/blind.h"
#include "proc/reading.h"

/* Longest line, as node-problem-detector takes it, and a NUL. */
#define LINE_SIZE	81

/* What the answer is made of. */
struct check_result {
	const struct overview_row *oldest;	/* of the trouble; NULL: none */
	size_t		count;		/* of containers with such trouble */
	size_t		looked_at;	/* containers and pid namespaces */
};

/* Prints the line, cut where it is too long. Returns @status. */
__printf(3, 4)
static enum exit_status say(const struct options *options,
			    enum exit_status status, const char *format, ...)
{
	static const char *const words[] = {
		[EXIT_STATUS_DONE]	= "OK",
		[EXIT_STATUS_FAILED]	= "CRITICAL",
		[EXIT_STATUS_UNKNOWN]	= "UNKNOWN",
	};
	char line[LINE_SIZE];
	size_t len = 0;
	va_list args;

	if (options->nagios)
		len = (size_t)snprintf(line, sizeof(line), "%s - ",
				       words[status]);
	va_start(args, format);
	vsnprintf(line + len, sizeof(line) - len, format, args);
	va_end(args);
	stdout_printf("%s\n", line);
	stdout_commit();
	return options->nagios && status == EXIT_STATUS_FAILED ?
		       EXIT_STATUS_CRITICAL : status;
}

/* Writes the name of what @row is about to @text, cut to less than @size bytes. */
static void name_of(const struct overview_row *row, char *text, size_t size)
{
	char label[CONTAINER_LABEL_SIZE], escaped[UTF8_ESCAPED_MAX * sizeof(label)];
	const char *cut = "...";
	size_t len;

	if (!row->container.id[0]) {
		snprintf(text, size, "pidns:%u", row->pidns);
		return;
	}
	container_label(&row->container, label);
	/* An id is known by its beginning. */
	if (container_is_id(label)) {
		label[12] = '\0';
		cut = "";
	}
	len = utf8_escape(label, strlen(label), escaped, sizeof(escaped));
	if (len < size)
		snprintf(text, size, "%.*s", (int)len, escaped);
	else
		snprintf(text, size, "%.*s%s", (int)(size - 1 - strlen(cut)),
			 escaped, cut);
}

/* The name gets what the rest of the line leaves. */
static enum exit_status say_trouble(const struct options *options,
				    const struct check_result *result)
{
	const struct trouble *trouble = &result->oldest->trouble;
	char name[LINE_SIZE], before[40] = "", after[64], duration[DURATION_SIZE];
	bool ago = trouble->kind == TROUBLE_ASKED;
	size_t used;

	if (result->count > 1)
		snprintf(before, sizeof(before), "%zu are late: ",
			 result->count);
	duration_text(clock_boot_ns() - trouble->since_ns, duration);
	snprintf(after, sizeof(after), " %s %s%s%s",
		 trouble_words(trouble->kind), ago ? "" : "for ", duration,
		 ago ? " ago" : "");
	used = (options->nagios ? strlen("CRITICAL - ") : 0) + strlen(before) +
	       strlen(after);
	name_of(result->oldest, name, sizeof(name) - used);
	return say(options, EXIT_STATUS_FAILED, "%s%s%s", before, name, after);
}

/* Whether the trouble of @row lasts for too long. Without the module any does. */
static bool is_late(const struct options *options,
		    const struct overview_row *row, bool recorded)
{
	uint64_t limit_ns = options->after_s * NS_PER_SEC;

	if (row->trouble.kind == TROUBLE_NONE)
		return false;
	return !recorded || clock_boot_ns() - row->trouble.since_ns > limit_ns;
}

/* Whether @row is about one of @targets, or all are looked at. */
static bool is_wanted(const struct overview_row *row,
		      const struct targets *targets)
{
	const struct target *target = targets->list;
	const struct target *end = target + targets->count;

	for (; target < end; target++) {
		if (target->kind == TARGET_CONTAINER ?
			    !strcmp(target->id, row->container.id) &&
				    target->user == row->container.user :
			    target->pidns == row->pidns)
			return true;
	}
	return !targets->list;
}

static void look(const struct options *options, const struct overview *overview,
		 const struct targets *targets, bool recorded,
		 struct check_result *result)
{
	const struct overview_row *row;
	size_t i;

	*result = (struct check_result){ .count = 0 };
	for (i = 0; i < overview->count; i++) {
		row = &overview->rows[i];
		if (!is_wanted(row, targets))
			continue;
		result->looked_at++;
		if (!is_late(options, row, recorded))
			continue;
		result->count++;
		if (!result->oldest ||
		    row->trouble.since_ns < result->oldest->trouble.since_ns)
			result->oldest = row;
	}
}

/* What the answer is where there is no trouble that is known. */
static enum exit_status say_fine(struct client *client,
				 const struct options *options,
				 const struct check_result *result)
{
	struct status status;
	size_t unread;

	if (client_status(client, &status))
		return say(options, EXIT_STATUS_UNKNOWN,
			   "the module does not answer");
	if (status.blind)
		return say(options, EXIT_STATUS_FAILED, "blind: %s",
			   blind_sentence());
	reading_given_up(&unread);
	if (unread)
		return say(options, EXIT_STATUS_UNKNOWN,
			   "%zu files of /proc do not answer: see nsorphan list",
			   unread);
	if (options->target)
		return say(options, EXIT_STATUS_DONE, "%s",
			   result->looked_at ? "it is fine" : "it has ended");
	return say(options, EXIT_STATUS_DONE, "none of %zu is late",
		   result->looked_at);
}

static enum exit_status say_result(struct client *client,
				   const struct options *options,
				   const struct check_result *result)
{
	if (!client)
		return say(options, EXIT_STATUS_UNKNOWN,
			   "no module; /proc shows %zu of %zu that end, not since when",
			   result->count, result->looked_at);
	if (result->oldest)
		return say_trouble(options, result);
	return say_fine(client, options, result);
}

static enum exit_status check_with(struct client *client,
				   const struct options *options)
{
	enum exit_status status = EXIT_STATUS_UNKNOWN;
	struct overview overview = { .count = 0 };
	struct targets targets = { 0 };
	struct lives lives = { 0 };
	struct check_result result;
	int error = 0;

	if (options->target &&
	    target_look_up(client, "check", options->target, &lives,
			   &targets) == TARGET_WRONG) {
		status = say(options, status, "it is not known");
	} else if (targets.count && targets.list->kind == TARGET_PROCESS) {
		status = say(options, status, "it is no container");
	} else {
		error = overview_read(client, true, &overview);
		look(options, &overview, &targets, client, &result);
		status = error ? say(options, status, "it cannot be told: %s",
				     strerror(-error)) :
				 say_result(client, options, &result);
	}
	overview_free(&overview);
	free(targets.list);
	lives_free(&lives);
	return status;
}

static enum exit_status check(const struct options *options)
{
	enum exit_status status;
	struct client *client;

	if (!session_in_initial_pidns("check") ||
	    !session_open_or_warn("since when something waits is", true, &client))
		return say(options, EXIT_STATUS_UNKNOWN, "it cannot be told");
	status = check_with(client, options);
	client_close(client);
	return status;
}

const struct command command_check = {
	.name		= "check",
	.summary	= "say in one line whether a container is late in ending",
	.help		=
		"Say in one line whether all is fine, for cron and monitoring. Exit with 1 where\n"
		"a container, or TARGET, was asked to end, killed, in teardown, left behind or\n"
		"not reaped for longer than SECONDS, or where the module is blind; with 3 where\n"
		"that is not known, as without the module.\n",
	.options	= OPTIONS_TARGET | OPTIONS_CHECK | OPTIONS_WORKER,
	.failed		= EXIT_STATUS_UNKNOWN,
	.run		= check,
};
