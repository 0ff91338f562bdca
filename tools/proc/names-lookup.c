// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/poll.h"
#include "lib/util.h"
#include "proc/names-lookup.h"
#include "proc/names-read.h"
#include "proc/reading.h"

/* Time in ms after SIGKILL within which a process that can end has ended. */
#define KILL_MS		50

/* Replies are in one piece in the pipe. */
static_assert(sizeof(struct container_names) <= PIPE_BUF,
	      "a reply is not atomic");

/* Processes left behind; 0: a free place. */
static pid_t left[NAMES_LEFT_MAX];

/*
 * Reaps those that have ended by now. Returns a free place, or NULL. A process
 * that is no child is none of ours: nothing to wait for.
 */
static pid_t *reap_left(void)
{
	pid_t *free_place = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(left); i++) {
		if (left[i] && waitpid(left[i], NULL, WNOHANG))
			left[i] = 0;
		if (!left[i])
			free_place = &left[i];
	}
	return free_place;
}

/*
 * Keeps no descriptor but @fd: one that is left behind must not keep a pipe
 * open whose reader waits for its end, nor a netlink socket.
 */
static int drop_descriptors(int fd)
{
	int null = open("/dev/null", O_RDWR);
	int i;

	if (null < 0)
		_exit(1);
	fd = fcntl(fd, F_DUPFD, STDERR_FILENO + 2);
	if (fd < 0)
		_exit(1);
	for (i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		if (null != i && dup2(null, i) < 0)
			_exit(1);
	if (dup2(fd, STDERR_FILENO + 1) < 0)
		_exit(1);
	syscall(SYS_close_range, STDERR_FILENO + 2, ~0U, 0);
	return STDERR_FILENO + 1;
}

/* The process that reads the files; @parent is its parent. */
static noreturn void run(const struct names_query *queries, size_t count,
			 int fd, pid_t parent)
{
	struct container_names names;
	sigset_t none;
	size_t i;

	prctl(PR_SET_NAME, "nsorphan-names");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	/* Its parent may share its notes with a supervisor. */
	reading_note_in(NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	fd = drop_descriptors(fd);
	for (i = 0; i < count; i++) {
		names_read(&queries[i], &names);
		if (write(fd, &names, sizeof(names)) != (ssize_t)sizeof(names))
			_exit(1);
	}
	_exit(0);
}

/*
 * Sleeps until @fd is ready or CLOCK_BOOTTIME is @end_ns. Returns 0 or a
 * negative errno, see poll_wait().
 */
static int wait_until(int fd, uint64_t end_ns)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	uint64_t now = clock_boot_ns();
	int n;

	if (now >= end_ns)
		return -ETIMEDOUT;
	n = poll_wait(&ready, 1, (int)((end_ns - now) / NS_PER_MS) + 1);
	return n < 0 ? n : n ? 0 : -ETIMEDOUT;
}

static void end_strings(struct container_names *names)
{
	names->name[sizeof(names->name) - 1] = '\0';
	names->pod[sizeof(names->pod) - 1] = '\0';
	names->pod_namespace[sizeof(names->pod_namespace) - 1] = '\0';
	names->user[sizeof(names->user) - 1] = '\0';
}

static uint64_t deadline(void)
{
	return clock_boot_ns() + NAMES_LOOKUP_MS * NS_PER_MS;
}

/*
 * Reads @count replies from the pipe @fd. Returns how many there are, and, where
 * these are not all, sets *@error.
 */
static size_t receive(int fd, size_t count, struct container_names *names,
		      int *error)
{
	size_t i;

	for (i = 0; i < count; i++) {
		*error = wait_until(fd, deadline());
		if (!*error && read(fd, &names[i], sizeof(names[i])) !=
				       (ssize_t)sizeof(names[i]))
			*error = -EPROTO;
		if (*error)
			break;
		end_strings(&names[i]);
	}
	return i;
}

/*
 * Waits until the process @pid, of which @pidfd is a descriptor, has ended, and
 * kills it at @end_ns. Returns whether it has.
 */
static bool end_process(pid_t pid, int pidfd, uint64_t end_ns)
{
	if (pidfd < 0 || wait_until(pidfd, end_ns)) {
		kill(pid, SIGKILL);
		if (pidfd >= 0)
			wait_until(pidfd, clock_boot_ns() + KILL_MS * NS_PER_MS);
	}
	return waitpid(pid, NULL, WNOHANG) != 0;
}

size_t names_lookup(const struct names_query *queries, size_t count,
		    struct container_names *names, int *error)
{
	pid_t parent = getpid(), pid, *place;
	size_t received = 0;
	int fds[2], pidfd;

	place = reap_left();
	*error = -EBUSY;
	if (!place)
		return 0;
	*error = pipe2(fds, O_CLOEXEC) ? -errno : 0;
	if (*error)
		return 0;
	pid = fork();
	if (!pid)
		run(queries, count, fds[1], parent);
	*error = pid < 0 ? -errno : 0;
	close(fds[1]);
	if (!*error) {
		pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
		received = receive(fds[0], count, names, error);
		/* After its last reply it is about to end by itself. */
		if (!end_process(pid, pidfd, *error ? 0 : deadline()))
			*place = pid;
		if (pidfd >= 0)
			close(pidfd);
	}
	close(fds[0]);
	return received;
}
