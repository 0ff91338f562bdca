// SPDX-License-Identifier: GPL-2.0
/*
 * Parents that exit while another possible adopter of their children exits, too:
 * the dying parent and the other one spin on a processor of their own each, and then
 * act at the same time.
 *
 * usage: race KIND CHILDREN
 *
 * KIND says what the other one is and does:
 *	parent		the dying parent's parent, a subreaper; exits
 *	ancestor	the grandparent, a subreaper, while the parent reaps the dying
 *			parent; exits, with this process as a subreaper above
 *	prctl		the same, but stops being the only subreaper
 *	thread		another thread of the dying parent; exits
 *
 * Each input line starts a round: it has the turns of an empty loop by which the
 * dying parent is delayed, and the other one. An output line ends the round. The
 * children are zombies.
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

/* Each runs on the processor of this number. */
enum { DYING_PARENT, OTHER };

static struct {
	unsigned int ready;
	unsigned int go;
	unsigned int turns[2];
	pid_t dying_parent;
} *shared;

static int children;

/* Returns at the same time as in the other one, but for the turns. */
static void meet(int side)
{
	unsigned int turns = shared->turns[side];
	cpu_set_t own;

	CPU_ZERO(&own);
	CPU_SET(side, &own);
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

static void meet_as_dying_parent(void)
{
	shared->dying_parent = getpid();
	bear_children();
	meet(DYING_PARENT);
}

static void be_dying_parent(void)
{
	meet_as_dying_parent();
	_exit(0);
}

static void be_parent(void)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (!child())
		be_dying_parent();
	meet(OTHER);
	_exit(0);
}

static void be_ancestor(bool ends)
{
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (!child()) {
		if (!child())
			be_dying_parent();
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
	meet_as_dying_parent();
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
	while (scanf("%u %u", &shared->turns[DYING_PARENT],
		     &shared->turns[OTHER]) == 2) {
		shared->ready = 0;
		shared->go = 0;
		if (!child())
			be(argv[1]);
		while (__atomic_load_n(&shared->ready, __ATOMIC_SEQ_CST) < 2)
			usleep(100);
		__atomic_store_n(&shared->go, 1, __ATOMIC_RELEASE);
		reap_all();
		/* Init may have adopted the dying parent. */
		while (!kill(shared->dying_parent, 0))
			usleep(100);
		puts("over");
		fflush(stdout);
	}
	return 0;
}
