// SPDX-License-Identifier: GPL-2.0
/*
 * Many processes that do nothing, children of this one; they share its memory,
 * so that a small guest has room for them.
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

static noreturn int idle(void *unused)
{
	(void)unused;
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	int i, number = argc > 1 ? atoi(argv[1]) : 0;
	char *stacks = mmap(NULL, (size_t)(number + 1) * STACK,
			    PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (stacks == MAP_FAILED) {
		perror("crowd: memory");
		return 1;
	}
	for (i = 1; i <= number; i++) {
		if (clone(idle, stacks + (size_t)i * STACK, CLONE_VM | SIGCHLD,
			  NULL) < 0) {
			perror("crowd: a process");
			return 1;
		}
	}
	idle(NULL);
}
