// SPDX-License-Identifier: GPL-2.0
/*
 * Makes many orphans at once, twice: a parent dies and leaves its children to a
 * subreaper, which reaps the parent, waits, dies, and leaves them to init. A last
 * orphan follows, for readers that report lost events with the next event. Then all
 * children are killed. No process has a special priority.
 *
 * usage: flood CHILDREN MILLISECONDS
 */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdnoreturn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

#define CHILD_STACK	4096

static pid_t *pids;
static int *born;

static noreturn int child(void *unused)
{
	(void)unused;
	__atomic_fetch_add(born, 1, __ATOMIC_RELAXED);
	for (;;)
		pause();
}

static noreturn void parent(int children)
{
	char *stacks = mmap(NULL, (size_t)children * CHILD_STACK,
			    PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	int i;

	if (stacks == MAP_FAILED)
		die("memory");
	for (i = 0; i < children; i++) {
		pids[i] = clone(child, stacks + (i + 1) * CHILD_STACK,
				CLONE_VM | SIGCHLD, NULL);
		if (pids[i] < 0)
			die("a child");
	}
	while (__atomic_load_n(born, __ATOMIC_RELAXED) < children)
		settle(1);
	settle(5000);
	_exit(0);
}

static noreturn void subreaper(int children, int ms)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (!fork())
		parent(children);
	wait(NULL);
	if (ms)
		settle(ms);
	_exit(0);
}

static void last_one(void)
{
	if (!fork()) {
		if (!fork())
			settle(200);
		_exit(0);
	}
	wait(NULL);
	settle(1000);
}

int main(int argc, char **argv)
{
	int children = argc > 1 ? atoi(argv[1]) : 0;
	int ms = argc > 2 ? atoi(argv[2]) : 0;
	int i;

	if (children < 1) {
		fprintf(stderr, "usage: flood CHILDREN MILLISECONDS\n");
		return 2;
	}
	pids = mmap(NULL, children * sizeof(*pids) + sizeof(*born),
		    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (pids == MAP_FAILED)
		die("memory");
	born = pids + children;

	if (!fork())
		subreaper(children, ms);
	wait(NULL);
	settle(2000);
	last_one();
	for (i = 0; i < children; i++)
		kill(pids[i], SIGKILL);
	for (i = 0; i < children; i++)
		while (!kill(pids[i], 0))
			settle(10);
	return 0;
}
