// SPDX-License-Identifier: GPL-2.0
/*
 * A storm of signals in a new pid namespace: its init sends signals to a child that
 * handles them. Prints the number of signals per second.
 *
 * usage: sigstorm COUNT
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void catch(int signal)
{
	(void)signal;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static int be_init(long count)
{
	pid_t target = fork();
	double start;
	long i;

	if (target < 0)
		return 1;
	while (target == 0)
		pause();
	start = now();
	for (i = 0; i < count; i++)
		if (kill(target, SIGUSR1))
			return 1;
	printf("%.0f\n", count / (now() - start));
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	long count = argc == 2 ? atol(argv[1]) : 0;
	int status;
	pid_t init;

	if (count < 1) {
		fprintf(stderr, "usage: sigstorm COUNT\n");
		return 2;
	}
	signal(SIGUSR1, catch);
	if (unshare(CLONE_NEWPID))
		return 1;
	init = fork();
	if (init == 0)
		_exit(be_init(count));
	return init < 0 || waitpid(init, &status, 0) != init || status;
}
