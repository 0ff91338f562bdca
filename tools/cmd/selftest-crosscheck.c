// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/selftest-crosscheck.h"

#define PARAMETER	"/sys/module/nsorphan/parameters/verify"

static int set_parameter(const char *value)
{
	int fd, error = 0;

	fd = open(PARAMETER, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, value, strlen(value)) < 0)
		error = -errno;
	close(fd);
	return error;
}

/*
 * Resets the parameter when the write end of the pipe is closed, which the end
 * of the selftest does, too. It is a process of its own so that a selftest that
 * is killed leaves nothing set; only a SIGKILL to both does, which costs some
 * speed until 0 is written to the parameter.
 */
static void run_keeper(int fd)
{
	sigset_t all;
	char byte;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	/* A byte: the parameter was never set. */
	if (read(fd, &byte, 1) == 1)
		_exit(0);
	_exit(-set_parameter("0"));
}

int crosscheck_begin(struct crosscheck *crosscheck)
{
	int fds[2], error;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	crosscheck->fd = fds[1];
	crosscheck->keeper = fork();
	if (!crosscheck->keeper) {
		close(fds[1]);
		run_keeper(fds[0]);
	}
	error = crosscheck->keeper < 0 ? -errno : 0;
	close(fds[0]);
	if (error) {
		close(fds[1]);
		return error;
	}

	/* Only now that there is a process to reset it. */
	error = set_parameter("1");
	if (!error)
		return 0;
	if (write(crosscheck->fd, "", 1) == 1)
		crosscheck_end(crosscheck);
	return error;
}

int crosscheck_end(struct crosscheck *crosscheck)
{
	int status = 0;

	close(crosscheck->fd);
	if (waitpid(crosscheck->keeper, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
}
