// SPDX-License-Identifier: GPL-2.0
/*
 * Prints TAP: the process that looks up names is bounded in time and leaves
 * nothing behind. What it does there depends on the id that is asked for: linked
 * with -Wl,--wrap=names_read,--wrap=kill,--wrap=poll_wait,--wrap=clock_boot_ns.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/poll.h"
#include "proc/names-lookup.h"
#include "proc/names-read.h"

bool __wrap_names_read(const struct names_query *query,
		       struct container_names *names);
typeof(kill) __wrap_kill, __real_kill;
typeof(poll_wait) __wrap_poll_wait, __real_poll_wait;
typeof(clock_boot_ns) __wrap_clock_boot_ns, __real_clock_boot_ns;

static int tests, failed;
static bool immortal;		/* SIGKILL has no effect, as in D state */
static pid_t killed[NAMES_LEFT_MAX];	/* processes that were sent it */
static int nr_killed;
static bool real_time;		/* else nothing depends on time: */
static int in_time;		/* waits that do not time out, before */
static int timeouts;		/* this number that do; all others have no limit */

static void ok(bool ok, const char *what)
{
	printf("%sok %d - %s\n", ok ? "" : "not ", ++tests, what);
	failed += !ok;
}

/* Returns how many descriptors this process has. */
static int count_descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	const struct dirent *entry;
	int count = 0;

	if (!dir)
		return -1;
	while ((entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count - 1;
}

static void hang(void)
{
	signal(SIGTERM, SIG_IGN);
	for (;;)
		pause();
}

bool __wrap_names_read(const struct names_query *query,
		       struct container_names *names)
{
	if (!strcmp(query->id, "hang"))
		hang();
	if (!strcmp(query->id, "crash"))
		kill(getpid(), SIGSEGV);
	if (!strcmp(query->id, "exit"))
		_exit(0);
	*names = (struct container_names){ 0 };
	if (!strcmp(query->id, "none"))
		return false;
	/* What fills the whole array, as no reader would. */
	memset(names, 'n', sizeof(*names));
	if (!strcmp(query->id, "descriptors"))
		snprintf(names->name, sizeof(names->name), "%d",
			 count_descriptors());
	return true;
}

int __wrap_kill(pid_t pid, int signal)
{
	if (signal != SIGKILL || !immortal)
		return __real_kill(pid, signal);
	killed[nr_killed++] = pid;
	return 0;
}

int __wrap_poll_wait(struct pollfd *fds, unsigned int count, int timeout_ms)
{
	if (real_time)
		return __real_poll_wait(fds, count, timeout_ms);
	if (!in_time && timeouts) {
		timeouts--;
		return 0;
	}
	if (in_time)
		in_time--;
	return __real_poll_wait(fds, count, -1);
}

uint64_t __wrap_clock_boot_ns(void)
{
	return real_time ? __real_clock_boot_ns() : 1;
}

/* Returns 0 or a negative errno. */
static int lookup(const char *id, struct container_names *names)
{
	const struct names_query query = { .id = id };
	int error = 0;

	memset(names, 'x', sizeof(*names));
	return names_lookup(&query, 1, names, &error) == 1 ? 0 : error;
}

/* Whether a look-up fails with @error. */
static bool fails(const char *id, int error)
{
	struct container_names names;

	return lookup(id, &names) == error;
}

static bool has_no_child(void)
{
	return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
}

static void test_answers(void)
{
	struct container_names names;

	ok(!lookup("long", &names) && strlen(names.name) == 255 &&
	   strlen(names.pod) == 255 && strlen(names.pod_namespace) == 255 &&
	   strlen(names.user) == 255, "names are strings, whatever is read");
	ok(!lookup("descriptors", &names) && !strcmp(names.name, "4"),
	   "the process has four descriptors");
	ok(!lookup("none", &names) && !names_known(&names), "no names");
	ok(fails("exit", -EPROTO), "the process ends before it answers");
	ok(fails("crash", -EPROTO), "the process crashes");
	timeouts = 1;
	ok(fails("hang", -ETIMEDOUT), "a file that hangs");
	ok(has_no_child(), "no process is left");
}

/* Several queries, of which one hangs. */
static void test_several(void)
{
	struct names_query queries[200];
	struct container_names *names = calloc(200, sizeof(*names));
	int i, error = 0, right = 0;

	for (i = 0; i < 200; i++)
		queries[i] = (struct names_query){ .id = i % 2 ? "x" : "none" };
	/* More than the pipe holds. */
	ok(names_lookup(queries, 200, names, &error) == 200 && !error,
	   "200 containers in one process");
	for (i = 0; i < 200; i++)
		right += names_known(&names[i]) == (i % 2);
	ok(right == 200, "each has its own names");
	queries[2].id = "hang";
	in_time = 2;
	timeouts = 1;
	ok(names_lookup(queries, 4, names, &error) == 2 &&
	   error == -ETIMEDOUT, "the third of four hangs");
	queries[2].id = "exit";
	ok(names_lookup(queries, 4, names, &error) == 2 && error == -EPROTO,
	   "the process ends after two");
	ok(has_no_child(), "no process is left");
	free(names);
}

/* Processes that not even SIGKILL ends. */
static void test_left(void)
{
	struct container_names names;
	int i, count = 0;

	immortal = true;
	for (i = 0; i < NAMES_LEFT_MAX; i++) {
		timeouts = 2;
		count += fails("hang", -ETIMEDOUT);
	}
	immortal = false;
	ok(count == NAMES_LEFT_MAX && nr_killed == NAMES_LEFT_MAX,
	   "processes are left behind that cannot be killed");
	ok(fails("long", -EBUSY), "but not any number of them");

	kill(killed[0], SIGKILL);
	waitid(P_PID, (id_t)killed[0], &(siginfo_t){ 0 }, WEXITED | WNOWAIT);
	ok(!lookup("long", &names), "one has ended: names are looked up again");
	ok(waitpid(killed[0], NULL, WNOHANG) < 0, "it was reaped");
	for (i = 1; i < NAMES_LEFT_MAX; i++) {
		kill(killed[i], SIGKILL);
		waitid(P_PID, (id_t)killed[i], &(siginfo_t){ 0 },
		       WEXITED | WNOWAIT);
	}
	ok(!lookup("none", &names) && has_no_child(), "all were reaped");
}

/* A look-up for which the user does not wait. */
static void test_interrupt(void)
{
	struct container_names names;

	raise(SIGINT);
	ok(fails("hang", -EINTR), "SIGINT interrupts it");
	poll_resume();
	ok(!lookup("long", &names), "and the next one works");
}

static void test_deadline(void)
{
	real_time = true;
	ok(fails("hang", -ETIMEDOUT), "there is a limit of time");
}

int main(void)
{
	if (poll_init())
		return 1;
	test_answers();
	test_several();
	test_left();
	test_interrupt();
	test_deadline();
	printf("1..%d\n", tests);
	return failed > 0;
}
