// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/selftest-actors.h"
#include "lib/poll.h"
#include "proc/procfs.h"

/*
 * Pipes between the selftest and its processes. Only the selftest holds the
 * write ends of the latter two: when it dies, whatever the signal, read()
 * returns in the processes that wait for it, and they exit.
 */
enum pipe {
	PIPE_REPORT,		/* numbers, from the processes */
	PIPE_GUARDIAN,		/* releases the guardian */
	PIPE_ORPHAN,		/* releases the orphan */
	PIPES,
};

enum { READ_END, WRITE_END };

struct pipes {
	int fd[PIPES][2];
};

static void close_end(struct pipes *pipes, enum pipe pipe, int end)
{
	if (pipes->fd[pipe][end] >= 0)
		close(pipes->fd[pipe][end]);
	pipes->fd[pipe][end] = -1;
}

static void close_pipes(struct pipes *pipes)
{
	int pipe;

	for (pipe = 0; pipe < PIPES; pipe++) {
		close_end(pipes, pipe, READ_END);
		close_end(pipes, pipe, WRITE_END);
	}
}

static int open_pipes(struct pipes *pipes)
{
	int pipe, error;

	memset(pipes->fd, -1, sizeof(pipes->fd));
	for (pipe = 0; pipe < PIPES; pipe++) {
		if (!pipe2(pipes->fd[pipe], O_CLOEXEC))
			continue;
		error = -errno;
		close_pipes(pipes);
		return error;
	}
	return 0;
}

/* Sends a pid, the number of a namespace, or a negative errno. */
static void report(const struct pipes *pipes, int64_t number)
{
	if (write(pipes->fd[PIPE_REPORT][WRITE_END], &number, sizeof(number)) < 0)
		_exit(1);
}

/* Receives a number, or returns a negative errno. */
static int receive(const struct pipes *pipes, uint32_t *number)
{
	struct pollfd fd = {
		.fd = pipes->fd[PIPE_REPORT][READ_END], .events = POLLIN,
	};
	int64_t reported;
	int n;

	n = poll_wait(&fd, 1, SELFTEST_TIMEOUT_MS);
	if (n <= 0)
		return n ? n : -ETIMEDOUT;
	if (read(fd.fd, &reported, sizeof(reported)) != sizeof(reported))
		return -ECHILD;
	if (reported < 0)
		return (int)reported;
	*number = (uint32_t)reported;
	return 0;
}

static int release(const struct pipes *pipes, enum pipe pipe)
{
	return write(pipes->fd[pipe][WRITE_END], "", 1) == 1 ? 0 : -errno;
}

/* Returns false once the write end is closed. */
static bool wait_for_release(const struct pipes *pipes, enum pipe pipe)
{
	char byte;

	return read(pipes->fd[pipe][READ_END], &byte, 1) == 1;
}

static void run_orphan(const struct pipes *pipes)
{
	if (wait_for_release(pipes, PIPE_ORPHAN)) {
		report(pipes, getppid());
		wait_for_release(pipes, PIPE_ORPHAN);
	}
	_exit(0);
}

static void run_parent(const struct pipes *pipes)
{
	pid_t pid = fork();

	if (!pid)
		run_orphan(pipes);
	report(pipes, pid < 0 ? -errno : pid);
	_exit(0);
}

static void run_guardian(struct pipes *pipes, enum guardian kind)
{
	pid_t pid;

	close_end(pipes, PIPE_REPORT, READ_END);
	close_end(pipes, PIPE_GUARDIAN, WRITE_END);
	close_end(pipes, PIPE_ORPHAN, WRITE_END);

	if (kind == GUARDIAN_SUBREAPER)
		prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = fork();
	if (!pid)
		run_parent(pipes);
	/* A zombie has no children any more: the orphan has its new parent. */
	waitpid(pid, NULL, 0);
	report(pipes, pid < 0 ? -errno : pid);
	report(pipes, getpid());
	report(pipes, procfs_own_pidns());

	wait_for_release(pipes, PIPE_GUARDIAN);
	/* Exiting before the orphan would orphan it a second time. */
	if (kind != GUARDIAN_INIT)
		while (wait(NULL) > 0)
			;
	_exit(GUARDIAN_EXIT_CODE);
}

/* Receives all numbers, in the order in which they are reported. */
static int receive_all(struct actors *actors, const struct pipes *pipes)
{
	int error;

	error = receive(pipes, &actors->orphan);
	if (!error)
		error = receive(pipes, &actors->parent);
	if (!error)
		error = receive(pipes, &actors->guardian);
	if (!error)
		error = receive(pipes, &actors->pidns);
	/* The guardian has reaped the parent by now. */
	if (!error)
		error = release(pipes, PIPE_ORPHAN);
	if (!error)
		error = receive(pipes, &actors->adopter);
	return error;
}

int actors_run(struct actors *actors, enum guardian kind)
{
	int flags = kind == GUARDIAN_INIT ? CLONE_NEWPID : 0;
	struct pipes pipes;
	pid_t guardian;
	int error;

	*actors = (struct actors){ .kind = kind };
	error = open_pipes(&pipes);
	if (error)
		return error;
	guardian = (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
	if (!guardian)
		run_guardian(&pipes, kind);
	if (guardian < 0) {
		error = -errno;
		goto out_close;
	}
	close_end(&pipes, PIPE_REPORT, WRITE_END);

	error = receive_all(actors, &pipes);
	if (error)
		kill(guardian, SIGKILL);
	if (kind != GUARDIAN_INIT)
		close_end(&pipes, PIPE_ORPHAN, WRITE_END);
	close_end(&pipes, PIPE_GUARDIAN, WRITE_END);
	waitpid(guardian, NULL, 0);
out_close:
	close_pipes(&pipes);
	return error;
}
