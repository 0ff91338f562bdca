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

#include "proc/procfs.h"
#include "cmd/selftest-actors.h"
#include "lib/poll.h"

/*
 * Pipes between the test and its processes. Only the test writes cues, so who
 * waits for one also goes on when the test is no more: nothing is left behind
 * by one that was killed.
 */
enum wire {
	NEWS,
	CUE_GUARDIAN,
	CUE_ORPHAN,
	WIRES,
};

enum { READ_END, WRITE_END };

struct wires {
	int fd[WIRES][2];
};

static void close_end(struct wires *wires, enum wire wire, int end)
{
	if (wires->fd[wire][end] >= 0)
		close(wires->fd[wire][end]);
	wires->fd[wire][end] = -1;
}

static void close_wires(struct wires *wires)
{
	int wire;

	for (wire = 0; wire < WIRES; wire++) {
		close_end(wires, wire, READ_END);
		close_end(wires, wire, WRITE_END);
	}
}

static int open_wires(struct wires *wires)
{
	int wire, error;

	memset(wires->fd, -1, sizeof(wires->fd));
	for (wire = 0; wire < WIRES; wire++) {
		if (!pipe2(wires->fd[wire], O_CLOEXEC))
			continue;
		error = -errno;
		close_wires(wires);
		return error;
	}
	return 0;
}

/* Numbers of processes and namespaces, or a negative errno. */
static void tell(const struct wires *wires, int64_t number)
{
	if (write(wires->fd[NEWS][WRITE_END], &number, sizeof(number)) < 0)
		_exit(1);
}

static int hear(const struct wires *wires, uint32_t *number)
{
	struct pollfd fd = {
		.fd = wires->fd[NEWS][READ_END], .events = POLLIN,
	};
	int64_t told;
	int n;

	n = poll_wait(&fd, 1, SELFTEST_DEADLINE_MS);
	if (n <= 0)
		return n ? n : -ETIMEDOUT;
	if (read(fd.fd, &told, sizeof(told)) != sizeof(told))
		return -ECHILD;
	if (told < 0)
		return (int)told;
	*number = (uint32_t)told;
	return 0;
}

static int give_cue(const struct wires *wires, enum wire wire)
{
	return write(wires->fd[wire][WRITE_END], "", 1) == 1 ? 0 : -errno;
}

/* Whether the cue came; else there will be none any more. */
static bool await_cue(const struct wires *wires, enum wire wire)
{
	char cue;

	return read(wires->fd[wire][READ_END], &cue, 1) == 1;
}

static void be_orphan(const struct wires *wires)
{
	if (await_cue(wires, CUE_ORPHAN)) {
		tell(wires, getppid());
		await_cue(wires, CUE_ORPHAN);
	}
	_exit(0);
}

static void be_parent(const struct wires *wires)
{
	pid_t pid = fork();

	if (!pid)
		be_orphan(wires);
	tell(wires, pid < 0 ? -errno : pid);
	_exit(0);
}

static void be_guardian(struct wires *wires, enum guardian kind)
{
	pid_t pid;

	close_end(wires, NEWS, READ_END);
	close_end(wires, CUE_GUARDIAN, WRITE_END);
	close_end(wires, CUE_ORPHAN, WRITE_END);

	if (kind == GUARDIAN_SUBREAPER)
		prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = fork();
	if (!pid)
		be_parent(wires);
	/* Once it is reaped it has left the orphan for certain. */
	waitpid(pid, NULL, 0);
	tell(wires, pid < 0 ? -errno : pid);
	tell(wires, getpid());
	tell(wires, procfs_own_pidns());

	await_cue(wires, CUE_GUARDIAN);
	/* An orphan that is still there would be left a second time. */
	if (kind != GUARDIAN_INIT)
		while (wait(NULL) > 0)
			;
	_exit(GUARDIAN_EXIT_CODE);
}

/* The numbers of all, in the order in which they are told. */
static int meet(struct actors *actors, const struct wires *wires)
{
	int error;

	error = hear(wires, &actors->orphan);
	if (!error)
		error = hear(wires, &actors->parent);
	if (!error)
		error = hear(wires, &actors->guardian);
	if (!error)
		error = hear(wires, &actors->pidns);
	/* The parent is gone by now. */
	if (!error)
		error = give_cue(wires, CUE_ORPHAN);
	if (!error)
		error = hear(wires, &actors->adopter);
	return error;
}

int actors_play(struct actors *actors, enum guardian kind)
{
	int flags = kind == GUARDIAN_INIT ? CLONE_NEWPID : 0;
	struct wires wires;
	pid_t guardian;
	int error;

	*actors = (struct actors){ .kind = kind };
	error = open_wires(&wires);
	if (error)
		return error;
	guardian = (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
	if (!guardian)
		be_guardian(&wires, kind);
	if (guardian < 0) {
		error = -errno;
		goto out_close;
	}
	close_end(&wires, NEWS, WRITE_END);

	error = meet(actors, &wires);
	if (error)
		kill(guardian, SIGKILL);
	if (kind != GUARDIAN_INIT)
		close_end(&wires, CUE_ORPHAN, WRITE_END);
	close_end(&wires, CUE_GUARDIAN, WRITE_END);
	waitpid(guardian, NULL, 0);
out_close:
	close_wires(&wires);
	return error;
}
