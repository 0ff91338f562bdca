// SPDX-License-Identifier: GPL-2.0
/*
 * Measures processes that leave no orphans.
 *
 * usage: living alone ROUNDS	fork, exit and wait of a process
 *	  living crowd ROUNDS	the same, including other processes that run
 *	  living signals ROUNDS	a process's signal to itself, caught
 *	  living sends ROUNDS	the sender's part of a signal to another process
 *				of its pid namespace, which catches it
 *	  living storm ROUNDS	the same with signals faster than the target
 *				takes them
 *
 * Measures once for each line of input, always in the same process: the costs of two
 * processes differ slightly. Prints instructions: for crowd the mean of all rounds,
 * otherwise the mean of the middle half, during which no other process runs.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

#define SIGNALS		100	/* between two readings of the clock */

static void fork_exit_wait(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	if (pid < 0 || waitpid(pid, NULL, 0) != pid)
		die("fork");
}

static void signals(void)
{
	pid_t pid = getpid();
	int i;

	for (i = 0; i < SIGNALS; i++)
		syscall(SYS_tgkill, pid, pid, SIGURG);
}

static pid_t target;

static void send_one(void)
{
	kill(target, SIGURG);
}

static void send_many(void)
{
	int i;

	for (i = 0; i < SIGNALS; i++)
		kill(target, SIGURG);
}

/* Continues in a new pid namespace, with the target in it. */
static void enter_namespace(void)
{
	pid_t pid;
	int status;

	if (unshare(CLONE_NEWPID))
		die("unshare");
	pid = fork();
	if (pid > 0) {
		if (waitpid(pid, &status, 0) != pid)
			die("waitpid");
		exit(status ? 1 : 0);
	}
	if (pid == 0)
		target = fork();
	if (pid < 0 || target < 0)
		die("fork");
	while (!target)
		pause();
}

static void catch(int signal)
{
	(void)signal;
}

static int by_size(const void *a, const void *b)
{
	unsigned long long first = *(const unsigned long long *)a;
	unsigned long long second = *(const unsigned long long *)b;

	return (first > second) - (first < second);
}

/* Rounds that a tick interrupts are not in the middle half. */
static double middle(void (*work)(void), int rounds)
{
	struct sched_param param = { .sched_priority = 10 };
	unsigned long long *spans = calloc(rounds, sizeof(*spans));
	unsigned long long start, sum = 0;
	int i, first = rounds / 4, last = rounds - first;

	if (!spans || sched_setscheduler(0, SCHED_FIFO, &param))
		die("SCHED_FIFO");
	for (i = 0; i < rounds; i++) {
		settle(20);
		start = now();
		work();
		spans[i] = now() - start;
	}
	qsort(spans, rounds, sizeof(*spans), by_size);
	for (i = first; i < last; i++)
		sum += spans[i];
	free(spans);
	return sum / (double)(last - first);
}

static double mean(void (*work)(void), int rounds)
{
	unsigned long long start = now();
	int i;

	for (i = 0; i < rounds; i++)
		work();
	return (now() - start) / (double)rounds;
}

static double measure(const char *what, int rounds)
{
	if (!strcmp(what, "signals"))
		return middle(signals, rounds) / SIGNALS;
	if (!strcmp(what, "sends"))
		return middle(send_one, rounds);
	if (!strcmp(what, "storm"))
		return middle(send_many, rounds) / SIGNALS;
	if (!strcmp(what, "alone"))
		return middle(fork_exit_wait, rounds);
	return mean(fork_exit_wait, rounds);
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	int rounds = argc > 2 ? atoi(argv[2]) : 0;
	char line[16];

	if (rounds < 1) {
		fprintf(stderr, "usage: living alone|crowd|signals|sends|storm ROUNDS\n");
		return 2;
	}
	signal(SIGURG, catch);
	if (!strcmp(what, "sends") || !strcmp(what, "storm"))
		enter_namespace();
	while (fgets(line, sizeof(line), stdin)) {
		printf("%.2f\n", measure(what, rounds));
		fflush(stdout);
	}
	return 0;
}
