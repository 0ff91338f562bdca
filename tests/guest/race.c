// SPDX-License-Identifier: GPL-2.0
/*
 * Parents that die at the moment at which it is decided who adopts: a father
 * and another that may adopt his children spin on a processor of their own each,
 * and then do something at once.
 *
 * usage: race KIND CHILDREN
 *
 * KIND, who the other is:
 *	parent		a subreaper, the father's parent, and exits
 *	ancestor	a subreaper, the parent of the father's, who waits for him;
 *			exits, and there is a subreaper above it, too: this process
 *	prctl		the same, but ceases to be a subreaper, the only one
 *	thread		of the father's own process, and exits
 *
 * Each line that is read makes a round: how many turns of an empty loop the father
 * is to take before he exits, and how many the other; a line says that it is over.
 * The children are dead already.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each on the processor of this number. */
enum { FATHER, OTHER };

static struct {
	unsigned int ready;
	unsigned int go;
	unsigned int turns[2];
	pid_t father;
} *shared;

static int children;

/* Comes back at the same moment as in the other, but for the turns. */
static void meet(int who)
{
	unsigned int turns = shared->turns[who];
	cpu_set_t own;

	CPU_ZERO(&own);
	CPU_SET(who, &own);
	if (sched_setaffinity(0, sizeof(own), &own))
		abort();
	__atomic_fetch_add(&shared->ready, 1, __ATOMIC_SEQ_CST);
	while (!__atomic_load_n(&shared->go, __ATOMIC_ACQUIRE))
		;
	while (turns--)
		__asm__ volatile("");
}

static void reap_all(void)
{
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static pid_t child(void)
{
	pid_t pid = fork();

	if (pid < 0)
		abort();
	return pid;
}

static void leave_zombie(void)
{
	if (!vfork())
		_exit(0);
}

static void bear_children(void)
{
	int i;

	for (i = 0; i < children; i++)
		leave_zombie();
}

static void meet_as_father(void)
{
	shared->father = getpid();
	bear_children();
	meet(FATHER);
}

static void be_father(void)
{
	meet_as_father();
	_exit(0);
}

static void be_parent(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (!child())
		be_father();
	meet(OTHER);
	_exit(0);
}

static void be_ancestor(bool ends)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (!child()) {
		if (!child())
			be_father();
		reap_all();
		_exit(0);
	}
	meet(OTHER);
	if (!ends) {
		prctl(PR_SET_CHILD_SUBREAPER, 0);
		reap_all();
	}
	_exit(0);
}

static void *be_thread(void *unused)
{
	(void)unused;
	meet(OTHER);
	syscall(SYS_exit, 0);
	return NULL;
}

static void be_threaded(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, be_thread, NULL))
		abort();
	meet_as_father();
	syscall(SYS_exit, 0);
}

static void be(const char *kind)
{
	if (!strcmp(kind, "parent"))
		be_parent();
	else if (!strcmp(kind, "ancestor"))
		be_ancestor(true);
	else if (!strcmp(kind, "prctl"))
		be_ancestor(false);
	else if (!strcmp(kind, "thread"))
		be_threaded();
	abort();
}

int main(int argc, char **argv)
{
	if (argc != 3) {
		fprintf(stderr, "usage: race KIND CHILDREN\n");
		return 2;
	}
	children = atoi(argv[2]);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED ||
	    prctl(PR_SET_CHILD_SUBREAPER, !strcmp(argv[1], "ancestor")))
		return 1;
	while (scanf("%u %u", &shared->turns[FATHER],
		     &shared->turns[OTHER]) == 2) {
		shared->ready = 0;
		shared->go = 0;
		if (!child())
			be(argv[1]);
		while (__atomic_load_n(&shared->ready, __ATOMIC_SEQ_CST) < 2)
			usleep(100);
		__atomic_store_n(&shared->go, 1, __ATOMIC_RELEASE);
		reap_all();
		/* He may have become a child of init. */
		while (!kill(shared->father, 0))
			usleep(100);
		puts("over");
		fflush(stdout);
	}
	return 0;
}
