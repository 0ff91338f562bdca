// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client.h"
#include "clock.h"
#include "command.h"
#include "feed.h"
#include "message.h"
#include "options.h"
#include "out.h"
#include "print.h"
#include "proc.h"
#include "util.h"
#include "wait.h"

#define DEADLINE_NS	(5 * NS_PER_SEC)
#define EXIT_CODE	7	/* of the namespace's init */
#define CHILD_NS_PID	2	/* of its only child */

enum {
	CHECK_REPARENT,
	CHECK_BEGIN,
	CHECK_KILL,
	CHECK_END,
	CHECKS,
};

struct selftest {
	struct feed *feed;
	uint32_t pidns;			/* ours */
	struct check checks[CHECKS];
};

/*
 * Two pipes between the test and its processes. A process that waits for a
 * word of the test ends when there is none: so it ends too when the test was
 * killed.
 */
struct wires {
	int to_test[2];
	int from_test[2];
};

static int open_wires(struct wires *wires)
{
	if (pipe2(wires->to_test, O_CLOEXEC))
		return -errno;
	if (pipe2(wires->from_test, O_CLOEXEC)) {
		close(wires->to_test[0]);
		close(wires->to_test[1]);
		return -errno;
	}
	return 0;
}

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_wires(struct wires *wires)
{
	close_end(&wires->to_test[0]);
	close_end(&wires->to_test[1]);
	close_end(&wires->from_test[0]);
	close_end(&wires->from_test[1]);
}

/* The ends that are the test's, or those that are not. */
static void keep_ends(struct wires *wires, bool test)
{
	close_end(&wires->to_test[test]);
	close_end(&wires->from_test[!test]);
}

static void tell(struct wires *wires, int number)
{
	if (write(wires->to_test[1], &number, sizeof(number)) < 0)
		_exit(1);
}

static void await_word(struct wires *wires)
{
	char word;

	if (read(wires->from_test[0], &word, 1) != 1)
		_exit(1);
}

/* What tell() told, or a negative errno. */
static int hear(struct wires *wires)
{
	struct pollfd fd = { .fd = wires->to_test[0], .events = POLLIN };
	int n, number;

	n = wait_for(&fd, 1, DEADLINE_NS / NS_PER_MS);
	if (n <= 0)
		return n ? n : -ETIMEDOUT;
	if (read(fd.fd, &number, sizeof(number)) != sizeof(number))
		return -ECHILD;
	return number;
}

static int give_word(struct wires *wires)
{
	return write(wires->from_test[1], "", 1) == 1 ? 0 : -errno;
}

/*
 * The next event, at most until @end (CLOCK_BOOTTIME). Returns 1, 0 when time
 * is up, or a negative errno.
 */
static int next_event(struct selftest *test, uint64_t end, struct event *event)
{
	struct pollfd fd = { .fd = feed_fd(test->feed), .events = POLLIN };
	uint64_t now;
	int n;

	for (;;) {
		n = feed_next(test->feed, event);
		if (n == FEED_EVENT)
			return 1;
		if (n != FEED_IDLE)
			return n;
		now = clock_boot_ns();
		if (now >= end)
			return 0;
		n = wait_for(&fd, 1, (int)((end - now) / NS_PER_MS) + 1);
		if (n < 0)
			return n;
	}
}

/* Pids that we know are of our pid namespace, which need not be the first. */
static bool is_ours(const struct selftest *test, const struct process *process,
		    int pid)
{
	return process->pidns == test->pidns &&
	       process->ns_pid == (uint32_t)pid;
}

static __printf(3, 4)
void conclude(struct check *check, bool ok, const char *format, ...)
{
	va_list args;

	check->ok = ok;
	va_start(args, format);
	vsnprintf(check->detail, sizeof(check->detail), format, args);
	va_end(args);
}

/* The parent, which leaves its child: never returns. */
static void be_parent(struct wires *wires)
{
	pid_t pid = fork();

	if (pid > 0) {
		tell(wires, pid);
		_exit(0);
	}
	if (!pid) {
		await_word(wires);
		tell(wires, getppid());
		await_word(wires);
	}
	_exit(1);
}

static void check_orphan(struct selftest *test, const struct event *event,
			 int orphan, int parent, int adopter)
{
	const struct process *process = event->process;
	struct check *check = &test->checks[CHECK_REPARENT];

	if (!is_ours(test, &process[ROLE_OLD_PARENT], parent))
		conclude(check, false, "old_parent is %u, it was %d",
			 process[ROLE_OLD_PARENT].ns_pid, parent);
	/* A parent in another namespace has, seen from ours, number 0. */
	else if (adopter ? !is_ours(test, &process[ROLE_NEW_PARENT], adopter)
			 : process[ROLE_NEW_PARENT].pidns == test->pidns)
		conclude(check, false, "new_parent is %u, it is %d",
			 process[ROLE_NEW_PARENT].ns_pid, adopter);
	else
		conclude(check, true, "%d left by %d is a child of %d (%s)",
			 orphan, parent, adopter,
			 event_reaper_name(event->reaper));
}

static int await_orphan(struct selftest *test, int orphan, int parent,
			int adopter)
{
	uint64_t end = clock_boot_ns() + DEADLINE_NS;
	struct event event;
	int n;

	while ((n = next_event(test, end, &event)) > 0) {
		if (event.type != NSORPHAN_EVENT_TYPE_REPARENT ||
		    !is_ours(test, &event.process[ROLE_CHILD], orphan))
			continue;
		check_orphan(test, &event, orphan, parent, adopter);
		return 0;
	}
	return n;
}

static int test_reparent(struct selftest *test)
{
	int orphan, adopter, pidfd = -1, error;
	struct wires wires;
	pid_t parent;

	error = open_wires(&wires);
	if (error)
		return error;
	parent = fork();
	if (!parent) {
		keep_ends(&wires, false);
		be_parent(&wires);
	}
	error = parent < 0 ? -errno : 0;
	keep_ends(&wires, true);
	if (error)
		goto out;

	orphan = hear(&wires);
	/* It waits for a word of ours, so it is there. */
	if (orphan > 0)
		pidfd = pidfd_open(orphan, 0);
	waitpid(parent, NULL, 0);
	if (orphan < 0) {
		error = orphan;
		goto out;
	}

	error = give_word(&wires);
	if (error)
		goto out;
	adopter = hear(&wires);
	error = adopter < 0 ? adopter
			    : await_orphan(test, orphan, parent, adopter);
out:
	close_wires(&wires);
	if (pidfd >= 0) {
		pidfd_send_signal(pidfd, SIGKILL, NULL, 0);
		close(pidfd);
	}
	return error;
}

/* Init of a new pid namespace with one child: never returns. */
static void be_init(struct wires *wires)
{
	pid_t pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	pid = fork();
	if (!pid) {
		/* Nothing but the teardown ends it. */
		close_wires(wires);
		for (;;)
			pause();
	}
	if (pid < 0)
		_exit(1);
	tell(wires, pid);
	await_word(wires);
	_exit(EXIT_CODE);
}

static void check_begin(struct selftest *test, const struct event *event)
{
	const struct process *init = &event->process[ROLE_INIT];
	struct check *check = &test->checks[CHECK_BEGIN];

	if (!process_has(init, NSORPHAN_A_PROCESS_EXIT_CODE) ||
	    init->exit_code != EXIT_CODE)
		conclude(check, false, "init's exit code is not the %d it was",
			 EXIT_CODE);
	else if (event->processes != 1)
		conclude(check, false, "%u processes left, it was 1",
			 event->processes);
	else
		conclude(check, true, "init %u exited with %d", init->pid,
			 EXIT_CODE);
}

static void check_kill(struct selftest *test, const struct event *event)
{
	const struct process *process = &event->process[ROLE_PROCESS];
	struct check *check = &test->checks[CHECK_KILL];

	if (process->pidns != event->pidns || process->ns_pid != CHILD_NS_PID)
		conclude(check, false, "process %u was killed, it was %d",
			 process->ns_pid, CHILD_NS_PID);
	else
		conclude(check, true, "its child %u was killed", process->pid);
}

static void check_end(struct selftest *test, const struct event *event)
{
	struct check *check = &test->checks[CHECK_END];

	if (event->killed != 1)
		conclude(check, false, "%u killed, it was 1", event->killed);
	else
		conclude(check, true, "1 killed in %llu us",
			 (unsigned long long)event->duration_ns / 1000);
}

static int await_teardown(struct selftest *test, uint32_t pidns)
{
	uint64_t end = clock_boot_ns() + DEADLINE_NS;
	struct event event;
	int n;

	while ((n = next_event(test, end, &event)) > 0) {
		if (event.pidns != pidns)
			continue;
		switch (event.type) {
		case NSORPHAN_EVENT_TYPE_TEARDOWN_BEGIN:
			check_begin(test, &event);
			break;
		case NSORPHAN_EVENT_TYPE_TEARDOWN_KILL:
			check_kill(test, &event);
			break;
		case NSORPHAN_EVENT_TYPE_TEARDOWN_END:
			check_end(test, &event);
			return 0;
		}
	}
	return n;
}

static int test_teardown(struct selftest *test)
{
	struct wires wires;
	uint32_t pidns;
	int child, error;
	pid_t init;

	error = open_wires(&wires);
	if (error)
		return error;
	init = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
	if (!init) {
		keep_ends(&wires, false);
		be_init(&wires);
	}
	error = init < 0 ? -errno : 0;
	keep_ends(&wires, true);
	if (error)
		goto out_close;

	child = hear(&wires);
	pidns = proc_pidns(init);
	if (child <= 0)
		error = child ? child : -ECHILD;
	else if (!pidns)
		error = -ENOENT;
	else
		error = give_word(&wires);
	if (error)
		kill(init, SIGKILL);
	waitpid(init, NULL, 0);
	if (!error)
		error = await_teardown(test, pidns);
out_close:
	close_wires(&wires);
	return error;
}

static bool passed(const struct selftest *test)
{
	int i;

	for (i = 0; i < CHECKS; i++)
		if (!test->checks[i].ok)
			return false;
	return true;
}

static int run_tests(const struct options *options, struct client *client)
{
	struct selftest test = {
		.pidns = proc_pidns(getpid()),
		.checks = {
			[CHECK_REPARENT] = { .name = "reparent" },
			[CHECK_BEGIN] = { .name = "teardown-begin" },
			[CHECK_KILL] = { .name = "teardown-kill" },
			[CHECK_END] = { .name = "teardown-end" },
		},
	};
	int i, error;

	for (i = 0; i < CHECKS; i++)
		conclude(&test.checks[i], false, "no such event within %d s",
			 (int)(DEADLINE_NS / NS_PER_SEC));
	if (!test.pidns) {
		message_of("selftest", "/proc is not mounted");
		return STATUS_FAILED;
	}

	error = feed_open(&test.feed, client, FEED_NOW, 0, true);
	if (error) {
		client_explain(error);
		return STATUS_FAILED;
	}
	error = test_reparent(&test);
	if (!error)
		error = test_teardown(&test);
	feed_close(test.feed);
	if (error) {
		message_of("selftest", "could not be finished: %s",
			   strerror(-error));
		return STATUS_FAILED;
	}

	options->printer->checks(test.checks, CHECKS);
	out_commit();
	if (passed(&test))
		return STATUS_DONE;
	message_of("selftest",
		   "the probes are blind on this kernel, or see wrongly");
	return STATUS_FAILED;
}

static int selftest(const struct options *options)
{
	struct client *client;
	int error, status;

	error = client_open(&client);
	if (error) {
		client_explain(error);
		return STATUS_FAILED;
	}
	status = run_tests(options, client);
	client_close(client);
	return status;
}

const struct command command_selftest = {
	.name		= "selftest",
	.summary	= "orphan a process, see it seen",
	.help		=
		"Orphans a process of its own and tears down a pid namespace of its own, and\n"
		"checks that the module sees both as they are.\n",
	.options	= OPTIONS_FORMAT,
	.run		= selftest,
};
