// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/worker.h"
#include "lib/clock.h"
#include "lib/poll.h"
#include "lib/signal-name.h"
#include "output/stdout.h"
#include "output/terminal.h"
#include "proc/procfs.h"
#include "proc/reading.h"

/* How often to look at a worker, in ms. */
#define TICK_MS		50

/*
 * Number of these for which a worker has to sleep in one and the same call until
 * it is given up; fewer, once that has taken PATIENCE_TICKS in total.
 */
#define HANG_TICKS	8
#define HURRY_TICKS	1
#define PATIENCE_TICKS	40

/* Time in ms after SIGKILL within which a process that can end has ended. */
#define KILL_MS		50

struct worker {
	pid_t		pid;
	int		pidfd;
	int		out;		/* what it printed */
	int		err;
	struct reading	*reading;
	unsigned int	waited;		/* ticks that were spent on hanging calls */
};

enum ended {
	WORKER_ENDED,
	WORKER_HANGS,
	WORKER_INTERRUPTED,	/* by SIGINT or SIGTERM to this process */
};

/*
 * The worker. It keeps no descriptor by which somebody could wait for its end,
 * as a reader of this process's output would.
 */
static noreturn void work(const struct command *command,
			  const struct options *options,
			  const struct worker *worker, pid_t parent)
{
	int null = open("/dev/null", O_RDWR);
	enum exit_status status;

	prctl(PR_SET_NAME, "nsorphan-worker");
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent || dup2(null, STDIN_FILENO) < 0 ||
	    dup2(worker->out, STDOUT_FILENO) < 0 ||
	    dup2(worker->err, STDERR_FILENO) < 0)
		_exit(command_failed(command));
	syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0);
	stdout_redirected();
	if (poll_init())
		_exit(command_failed(command));
	reading_note_in(worker->reading);
	status = command->run(options);
	_exit(stdout_finish(status));
}

/* Whether the worker sleeps: one that does not get a processor hangs nowhere. */
static bool sleeps(const struct worker *worker)
{
	char path[32], stat[1024];
	const char *state;

	snprintf(path, sizeof(path), "/proc/%d/stat", worker->pid);
	if (procfs_read_file(AT_FDCWD, path, stat, sizeof(stat)) <= 0)
		return false;
	state = strrchr(stat, ')');
	return state && (!strncmp(state, ") S", 3) || !strncmp(state, ") D", 3));
}

/* Waits until the worker has ended, or hangs in reading a file. */
static enum ended await(struct worker *worker)
{
	struct pollfd ended = { .fd = worker->pidfd, .events = POLLIN };
	uint64_t calls, last = 0;
	unsigned int ticks = 0;
	int n;

	for (;;) {
		n = poll_wait(&ended, 1, TICK_MS);
		if (n)
			return n < 0 ? WORKER_INTERRUPTED : WORKER_ENDED;
		calls = __atomic_load_n(&worker->reading->calls,
					__ATOMIC_ACQUIRE);
		if (calls % 2 && calls == last && sleeps(worker)) {
			worker->waited++;
			ticks++;
		} else {
			ticks = 0;
		}
		last = calls;
		if (ticks >= (worker->waited < PATIENCE_TICKS ? HANG_TICKS :
								HURRY_TICKS))
			return WORKER_HANGS;
	}
}

/* Ends the worker, or leaves it behind where it does not end. */
static void end(const struct worker *worker)
{
	struct pollfd ended = { .fd = worker->pidfd, .events = POLLIN };

	kill(worker->pid, SIGKILL);
	if (poll(&ended, 1, KILL_MS) > 0)
		waitpid(worker->pid, NULL, 0);
}

/* Prints what the worker wrote to @fd. */
static void pass_on(int fd, bool errors)
{
	char bytes[65536];
	ssize_t len;

	if (lseek(fd, 0, SEEK_SET))
		return;
	while ((len = read(fd, bytes, sizeof(bytes))) > 0) {
		if (!errors)
			stdout_bytes(bytes, (size_t)len);
		else if (write(STDERR_FILENO, bytes, (size_t)len) < 0)
			break;
	}
	stdout_commit();
}

/* Returns the status of the worker, which has ended. */
static enum exit_status finish(const struct worker *worker,
			       const struct command *command)
{
	char name[SIGNAL_NAME_SIZE];
	int status;

	if (waitpid(worker->pid, &status, 0) < 0)
		return command_failed(command);
	/* What is not known comes before what is. */
	pass_on(worker->err, true);
	pass_on(worker->out, false);
	stdout_flush();
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	error_print("killed by %s",
		    signal_name((uint32_t)WTERMSIG(status), name));
	return command_failed(command);
}

/* Starts @worker, with files for what it prints. Returns 0 or a negative errno. */
static int start(struct worker *worker, const struct command *command,
		 const struct options *options)
{
	pid_t parent = getpid();
	int error;

	/* The one before was in a call when it was given up. */
	worker->reading->calls = 0;
	worker->out = memfd_create("out", MFD_CLOEXEC);
	worker->err = memfd_create("err", MFD_CLOEXEC);
	worker->pid = worker->out < 0 || worker->err < 0 ? -1 : fork();
	if (!worker->pid)
		work(command, options, worker, parent);
	error = worker->pid < 0 ? -errno : 0;
	worker->pidfd = error ? -1 :
			(int)syscall(SYS_pidfd_open, worker->pid, 0);
	return error;
}

static void close_files(const struct worker *worker)
{
	if (worker->pidfd >= 0)
		close(worker->pidfd);
	if (worker->out >= 0)
		close(worker->out);
	if (worker->err >= 0)
		close(worker->err);
}

/* Runs workers until one ends by itself. */
static enum exit_status run(struct worker *worker, const struct command *command,
			    const struct options *options)
{
	enum ended ended = WORKER_HANGS;
	enum exit_status status = command_failed(command);
	int error;

	while (ended == WORKER_HANGS) {
		if (worker->reading->nr_given_up == READING_GIVEN_UP_MAX) {
			error_print_of(command->name,
				       "too much of /proc does not answer");
			return command_failed(command);
		}
		error = start(worker, command, options);
		if (error) {
			error_print_of(command->name, "cannot start a worker: %s",
				       strerror(-error));
			close_files(worker);
			return command_failed(command);
		}
		ended = await(worker);
		if (ended == WORKER_HANGS)
			reading_give_up(worker->reading);
		if (ended == WORKER_ENDED)
			status = finish(worker, command);
		else
			end(worker);
		close_files(worker);
	}
	return status;
}

enum exit_status worker_run(const struct command *command,
			    const struct options *options)
{
	struct worker worker = { .waited = 0 };
	enum exit_status status;

	/* The worker cannot ask the terminal. */
	terminal_width();
	worker.reading = mmap(NULL, sizeof(*worker.reading),
			      PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (worker.reading == MAP_FAILED) {
		error_print_of(command->name, "%s", strerror(errno));
		return command_failed(command);
	}
	status = run(&worker, command, options);
	munmap(worker.reading, sizeof(*worker.reading));
	return status;
}
