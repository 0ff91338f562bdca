// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>

#include "genl/client.h"
#include "lib/clock.h"
#include "command.h"
#include "genl/event-source.h"
#include "lib/error.h"
#include "options.h"
#include "output/stdout.h"
#include "output/output.h"
#include "proc/procfs.h"
#include "cmd/selftest-actors.h"
#include "cmd/selftest-checks.h"
#include "cmd/selftest-crosscheck.h"
#include "cmd/session.h"
#include "lib/poll.h"

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
	struct actors actors;		/* of the last scene */
	struct seen seen;
	struct status before;		/* all of it */
	unsigned int adoptions;		/* that were seen */
	struct check checks[CHECKS];
	int at;				/* the one that is being made */
};

/*
 * All that there is of the actors, who have ended. A second event of what
 * happened once has its number before that end, too.
 */
static int read_events(struct selftest *test)
{
	uint64_t end = clock_boot_ns() + SELFTEST_DEADLINE_MS * NS_PER_MS;
	struct pollfd fd = { .fd = event_source_fd(test->source), .events = POLLIN };
	struct status status = { .next_seq = 0 };
	struct event event;
	uint64_t now;
	int result;

	for (;;) {
		result = event_source_next(test->source, &event);
		if (result == SOURCE_EVENT) {
			seen_event(&test->seen, &test->actors, &event);
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
			test->seen.missed =
				status.missed - test->before.missed;
		}
		now = clock_boot_ns();
		if (event_source_position(test->source) >= status.next_seq || now >= end)
			return 0;
		result = poll_wait(&fd, 1, (int)((end - now) / NS_PER_MS) + 1);
		if (result < 0)
			return result;
	}
}

static int play(struct selftest *test, enum guardian kind, int check)
{
	int error;

	test->at = check;
	memset(&test->seen, 0, sizeof(test->seen));
	error = actors_play(&test->actors, kind);
	if (!error)
		error = read_events(test);
	if (error)
		return error;
	check_reparent(&test->checks[check], &test->seen, &test->actors);
	test->adoptions += test->seen.count[NSORPHAN_EVENT_TYPE_REPARENT];
	return 0;
}

static int play_all(struct selftest *test)
{
	int error;

	error = play(test, GUARDIAN_NONE, CHECK_REPARENT);
	if (!error)
		error = play(test, GUARDIAN_SUBREAPER, CHECK_SUBREAPER);
	if (!error)
		error = play(test, GUARDIAN_INIT, CHECK_NS_INIT);
	if (error)
		return error;
	check_begin(&test->checks[CHECK_BEGIN], &test->seen, &test->actors);
	check_kill(&test->checks[CHECK_KILL], &test->seen, &test->actors);
	check_end(&test->checks[CHECK_END], &test->seen, &test->actors);
	return 0;
}

/* While the module compares the two ways in which it sees adoptions. */
static int play_verified(struct selftest *test)
{
	struct check *check = &test->checks[CHECK_VERIFY];
	struct status after;
	uint64_t mismatched;
	int error;

	error = play_all(test);
	if (!error)
		error = event_source_ask_status(test->source, &after);
	if (error)
		return error;

	mismatched = after.mismatched - test->before.mismatched;
	if (mismatched)
		conclude(check, false,
			 "the two ways in disagreed on %llu adoptions",
			 (unsigned long long)mismatched);
	else if (!after.verify)
		conclude(check, true,
			 "not verified: somebody switched it off meanwhile");
	else if (!test->adoptions)
		conclude(check, true, "not verified: no adoption was seen");
	else
		conclude(check, true, "the two ways in agreed");
	return 0;
}

static int play_unverified(struct selftest *test, int why)
{
	struct check *check = &test->checks[CHECK_VERIFY];

	if (why == -EOPNOTSUPP)
		conclude(check, true,
			 "not verified: this kernel has one way in");
	else
		conclude(check, true,
			 "not verified: it cannot be switched on: %s",
			 strerror(-why));
	return play_all(test);
}

static int run_tests(struct selftest *test)
{
	struct verify verify;
	int error, stuck;

	error = event_source_ask_status(test->source, &test->before);
	if (error)
		return error;
	if (test->before.verify)
		return play_verified(test);
	error = verify_begin(&verify);
	if (error)
		return play_unverified(test, error);
	error = play_verified(test);
	stuck = verify_end(&verify);
	/* With the module the parameter goes, too. */
	if (stuck && stuck != -ENOENT && stuck != -ENODEV)
		error_print_of("selftest", "verify could not be switched off: %s",
			   strerror(-stuck));
	return error;
}

static void say_unfinished(const struct selftest *test, int error)
{
	const char *why = strerror(-error);

	if (error == -EINTR)
		why = "interrupted";
	else if (error == -ENODEV)
		why = "the module was unloaded";
	error_print_of("selftest", "%s could not be checked: %s",
		   test->checks[test->at].name, why);
}

static bool passed(const struct selftest *test)
{
	int i;

	for (i = 0; i < CHECKS; i++)
		if (!test->checks[i].ok)
			return false;
	return true;
}

static enum exit_status test_module(const struct options *options, struct client *client)
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
	error = run_tests(&test);
	event_source_close(test.source);
	if (error) {
		say_unfinished(&test, error);
		return EXIT_STATUS_FAILED;
	}

	options->format->checks(test.checks, CHECKS);
	stdout_commit();
	if (passed(&test))
		return EXIT_STATUS_DONE;
	error_print_of("selftest",
		   "the probes are blind on this kernel, or see wrongly");
	return EXIT_STATUS_FAILED;
}

static enum exit_status selftest(const struct options *options)
{
	struct client *client;
	enum exit_status status;

	client = session_open();
	if (!client)
		return EXIT_STATUS_FAILED;
	if (procfs_own_pidns()) {
		status = test_module(options, client);
	} else {
		error_print_of("selftest", "/proc is not mounted");
		status = EXIT_STATUS_FAILED;
	}
	client_close(client);
	return status;
}

const struct command command_selftest = {
	.name		= "selftest",
	.summary	= "orphan a process, see it seen",
	.help		=
		"Makes orphans of its own, for init, for a subreaper and in a pid namespace of\n"
		"its own, tears that namespace down, and checks that the module sees each of it\n"
		"once, and as it is.\n",
	.options	= OPTIONS_FORMAT,
	.run		= selftest,
};
