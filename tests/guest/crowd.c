// SPDX-License-Identifier: GPL-2.0
/*
 * Many idle processes, children of this one. Groups of them share their memory, so
 * that a small guest has room for all; not all share it, because Linux 7 walks over
 * all sharers whenever one starts or exits.
 *
 * usage: crowd NUMBER
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <stdnoreturn.h>
#include <sys/mman.h>
#include <unistd.h>

#define STACK	4096
#define SHARERS	100

static noreturn int idle(void *unused)
{
	(void)unused;
	for (;;)
		pause();
}

/* Becomes one of @number siblings that share their memory. */
static noreturn void share(int number)
{
	char *stacks = mmap(NULL, (size_t)number * STACK,
			    PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int i;

	if (stacks == MAP_FAILED) {
		perror("crowd: memory");
		_exit(1);
	}
	for (i = 1; i < number; i++) {
		if (clone(idle, stacks + (size_t)i * STACK,
			  CLONE_VM | CLONE_PARENT | SIGCHLD, NULL) < 0) {
			perror("crowd: a process");
			_exit(1);
		}
	}
	idle(NULL);
}

int main(int argc, char **argv)
{
	int some, remaining = argc > 1 ? atoi(argv[1]) : 0;
	pid_t pid;

	for (; remaining > 0; remaining -= some) {
		some = remaining < SHARERS ? remaining : SHARERS;
		pid = fork();
		if (!pid)
			share(some);
		if (pid < 0) {
			perror("crowd: fork");
			return 1;
		}
	}
	idle(NULL);
}
