// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "cmd/selftest-actors.h"
#include "cmd/selftest-checks.h"
#include "cmd/selftest-crosscheck.h"
#include "cmd/session.h"
#include "command.h"
#include "genl/client.h"
#include "genl/event-source.h"
#include "lib/clock.h"
#include "lib/error.h"
#include "lib/poll.h"
#include "options.h"
#include "output/output.h"
#include "output/stdout.h"
#include "proc/procfs.h"

enum {
	CHECK_REPARENT,
	CHECK_SUBREAPER,
	CHECK_NS_INIT,
	CHECK_BEGIN,
	CHECK_KILL,
	CHECK_END,
	CHECK_VERIFY,
	CHECKS,
};

struct selftest {
	struct event_source *source;
	struct status before;		/* of the module, before the first run */
	struct actors actors;		/* of the last run */
	struct observed observed;	/* in the last run */
	unsigned int reparentings;	/* observed in all runs */
	struct check checks[CHECKS];
	int current;			/* number of the check being made */
};

/*
 * Reads the events of the actors, who have ended: any event of theirs, a
 * duplicate too, has a number below next_seq of a status requested now.
 */
static int read_events(struct selftest *test)
{
	uint64_t end = clock_boot_ns() + SELFTEST_TIMEOUT_MS * NS_PER_MS;
	struct pollfd fd = { .fd = event_source_fd(test->source), .events = POLLIN };
	struct status status = { .next_seq = 0 };
	struct event event;
	uint64_t now;
	int result;

	for (;;) {
		result = event_source_next(test->source, &event);
		if (result == SOURCE_EVENT) {
			observed_add(&test->observed, &test->actors, &event);
			continue;
		}
		if (result == SOURCE_STATUS)
			continue;
		if (result != SOURCE_IDLE)
			return result;
		if (!status.next_seq) {
			result = event_source_ask_status(test->source, &status);
			if (result)
				return result;
			test->observed.missed =
				status.missed - test->before.missed;
		}
		now = clock_boot_ns();
		if (event_source_position(test->source) >= status.next_seq ||
		    now >= end)
			return 0;
		result = poll_wait(&fd, 1, (int)((end - now) / NS_PER_MS) + 1);
		if (result < 0)
			return result;
	}
}

static int run_reparent(struct selftest *test, enum guardian kind, int check)
{
	int error;

	test->current = check;
	memset(&test->observed, 0, sizeof(test->observed));
	error = actors_run(&test->actors, kind);
	if (!error)
		error = read_events(test);
	if (error)
		return error;
	check_reparent(&test->checks[check], &test->observed, &test->actors);
	test->reparentings += test->observed.count[NSORPHAN_EVENT_TYPE_REPARENT];
	return 0;
}

/* Runs all checks but CHECK_VERIFY. */
static int run_checks(struct selftest *test)
{
	int error;

	error = run_reparent(test, GUARDIAN_NONE, CHECK_REPARENT);
	if (!error)
		error = run_reparent(test, GUARDIAN_SUBREAPER, CHECK_SUBREAPER);
	if (!error)
		error = run_reparent(test, GUARDIAN_INIT, CHECK_NS_INIT);
	if (error)
		return error;
	check_begin(&test->checks[CHECK_BEGIN], &test->observed, &test->actors);
	check_kill(&test->checks[CHECK_KILL], &test->observed, &test->actors);
	check_end(&test->checks[CHECK_END], &test->observed, &test->actors);
	return 0;
}

/* Runs all checks; verify is set. */
static int run_verified(struct selftest *test)
{
	struct check *check = &test->checks[CHECK_VERIFY];
	unsigned long long mismatched;
	struct status after;
	int error;

	error = run_checks(test);
	if (!error)
		error = event_source_ask_status(test->source, &after);
	if (error)
		return error;

	mismatched = after.mismatched - test->before.mismatched;
	if (mismatched)
		check_set(check, false, "the two hooks disagreed on %llu %s",
			  mismatched,
			  mismatched == 1 ? "reparenting" : "reparentings");
	else if (!after.verify)
		check_set(check, true, "not verified: verify was reset meanwhile");
	else if (!test->reparentings)
		check_set(check, true, "not verified: no reparenting observed");
	else
		check_set(check, true, "the two hooks agreed");
	return 0;
}

/* Runs all checks; verify could not be set for the reason @error. */
static int run_unverified(struct selftest *test, int error)
{
	struct check *check = &test->checks[CHECK_VERIFY];

	if (error == -EOPNOTSUPP)
		check_set(check, true,
			  "not verified: this kernel has a single hook");
	else if (error == -EAGAIN)
		check_set(check, true, "not verified: the module is blind");
	else
		check_set(check, true, "not verified: cannot set verify: %s",
			  strerror(-error));
	return run_checks(test);
}

static int run_all(struct selftest *test)
{
	struct crosscheck crosscheck;
	int error, reset_error;

	error = event_source_ask_status(test->source, &test->before);
	if (error)
		return error;
	session_warn_blind(&test->before);
	if (test->before.verify)
		return run_verified(test);
	error = crosscheck_begin(&crosscheck);
	if (error)
		return run_unverified(test, error);
	error = run_verified(test);
	reset_error = crosscheck_end(&crosscheck);
	/* An unloaded module has no parameter. */
	if (reset_error && reset_error != -ENOENT && reset_error != -ENODEV)
		error_print_of("selftest", "cannot reset verify: %s",
			       strerror(-reset_error));
	return error;
}

static void print_unfinished(const struct selftest *test, int error)
{
	const char *reason = strerror(-error);

	if (error == -EINTR)
		reason = "interrupted";
	else if (error == -ENODEV)
		reason = "the module was unloaded";
	error_print_of("selftest", "%s could not be checked: %s",
		       test->checks[test->current].name, reason);
}

static bool has_passed(const struct selftest *test)
{
	int i;

	for (i = 0; i < CHECKS; i++)
		if (!test->checks[i].ok)
			return false;
	return true;
}

static enum exit_status test_module(const struct options *options,
				    struct client *client)
{
	struct selftest test = {
		.checks = {
			[CHECK_REPARENT] = { .name = "reparent" },
			[CHECK_SUBREAPER] = { .name = "reparent-subreaper" },
			[CHECK_NS_INIT] = { .name = "reparent-ns-init" },
			[CHECK_BEGIN] = { .name = "teardown-begin" },
			[CHECK_KILL] = { .name = "teardown-kill" },
			[CHECK_END] = { .name = "teardown-end" },
			[CHECK_VERIFY] = { .name = "verify" },
		},
	};
	int error;

	error = event_source_open(&test.source, client, SOURCE_NOW, 0, true);
	if (error)
		return session_failed(error);
	error = run_all(&test);
	event_source_close(test.source);
	if (error) {
		print_unfinished(&test, error);
		return EXIT_STATUS_FAILED;
	}

	options->format->checks(test.checks, CHECKS);
	stdout_commit();
	if (has_passed(&test))
		return EXIT_STATUS_DONE;
	error_print_of("selftest",
		       "the module misses or misreports events on this kernel; see 'nsorphan status'");
	return EXIT_STATUS_FAILED;
}

static enum exit_status selftest(const struct options *options)
{
	enum exit_status status = EXIT_STATUS_FAILED;
	struct client *client;

	client = session_open_unchecked();
	if (!client)
		return EXIT_STATUS_FAILED;
	if (procfs_own_pidns())
		status = test_module(options, client);
	else
		error_print_of("selftest", "/proc is not mounted");
	client_close(client);
	return status;
}

const struct command command_selftest = {
	.name		= "selftest",
	.summary	= "check that the module records events correctly",
	.help		=
		"Run a functional self-test: create orphans for init, for a subreaper and in a\n"
		"new pid namespace, tear that namespace down, and check that the module records\n"
		"each event once and with the right contents.\n",
	.options	= OPTIONS_FORMAT,
	.run		= selftest,
};
