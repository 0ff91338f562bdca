// SPDX-License-Identifier: GPL-2.0
/*
 * Many processes that do nothing, children of this one. Some share their memory,
 * so that a small guest has room for them; not all, because Linux 7 walks over
 * who shares it each time that one more does, or one less.
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

/* Becomes one of so many, siblings all of them. */
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
	int some, left = argc > 1 ? atoi(argv[1]) : 0;
	pid_t pid;

	for (; left > 0; left -= some) {
		some = left < SHARERS ? left : SHARERS;
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
