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
 * A process of its own, so that no end of the test leaves verify on: a signal
 * that ends the test ends the leash too. Only a SIGKILL to both at once does,
 * which costs some speed until somebody writes 0 to the parameter.
 */
static void keep(int leash)
{
	sigset_t all;
	char word;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	/* A word says that there is nothing to undo. */
	if (read(leash, &word, 1) == 1)
		_exit(0);
	_exit(-set_parameter("0"));
}

int verify_begin(struct verify *verify)
{
	int fds[2], error;

	if (pipe2(fds, O_CLOEXEC))
		return -errno;
	verify->leash = fds[1];
	verify->keeper = fork();
	if (!verify->keeper) {
		close(fds[1]);
		keep(fds[0]);
	}
	error = verify->keeper < 0 ? -errno : 0;
	close(fds[0]);
	if (error) {
		close(fds[1]);
		return error;
	}

	/* Not before there is somebody to undo it. */
	error = set_parameter("1");
	if (!error)
		return 0;
	if (write(verify->leash, "", 1) == 1)
		verify_end(verify);
	return error;
}

int verify_end(struct verify *verify)
{
	int status = 0;

	close(verify->leash);
	if (waitpid(verify->keeper, &status, 0) < 0)
		return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : -ECHILD;
}
