// SPDX-License-Identifier: GPL-2.0
/*
 * Endless forks and exits: parents that leave children in every state, threads that
 * leave children to each other, and namespaces that are torn down. When this process
 * is killed, all that it started ends, too.
 *
 * usage: storm SEED PAUSE
 *
 * PAUSE: average microseconds between two processes that it starts.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Maximum number of this process's own children at the same time. */
#define CROWD	8

/*
 * Each process and each thread has its own random numbers. rand() has a lock: a
 * child cloned while another thread holds it would wait forever.
 */
static __thread unsigned int seed = 1;

static unsigned int draw(void)
{
	return rand_r(&seed);
}

static void doze(unsigned int max_us)
{
	usleep(draw() % max_us + 1);
}

/* flags are clone(2)'s. */
static long spawn(int flags)
{
	unsigned int own = draw();
	long pid = syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

	if (!pid)
		seed = own;
	return pid;
}

/* Behaves like one kind of child that its parent leaves. */
static void be_child(void)
{
	switch (draw() % 5) {
	case 0:
		_exit(1);
	case 1:
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		doze(30000);
		_exit(2);
	case 2:
		if (!spawn(0)) {
			doze(3000);
			_exit(3);
		}
		_exit(4);
	case 3:
		signal(SIGCHLD, SIG_IGN);
		prctl(PR_SET_CHILD_SUBREAPER, 1);
		if (!spawn(0) && !spawn(0))
			_exit(0);
		doze(10000);
		_exit(5);
	default:
		doze(30000);
		_exit(6);
	}
}

static void *be_thread(void *own)
{
	seed = (uintptr_t)own;
	if (!spawn(0))
		be_child();
	doze(3000);
	/* Not pthread_exit(): the C library has nothing to clean up. */
	syscall(SYS_exit, 0);
	return NULL;
}

static void be_parent(void)
{
	int i, children = draw() % 6;
	pthread_t thread;

	for (i = 0; i < children; i++)
		if (!spawn(0))
			be_child();
	if (draw() % 4 == 0) {
		for (i = 0; i < 2; i++)
			pthread_create(&thread, NULL, be_thread,
				       (void *)(uintptr_t)draw());
		if (draw() % 2)
			syscall(SYS_exit, 0);
	}
	doze(10000);
	if (draw() % 2)
		kill(getpid(), SIGKILL);
	_exit(7);
}

static void be_init(void)
{
	int i;

	for (i = 0; i < 4; i++)
		if (!spawn(0))
			be_parent();
	doze(10000);
	_exit(8);
}

int main(int argc, char **argv)
{
	unsigned int started, pause_us = argc > 2 ? atoi(argv[2]) : 10000;

	if (argc > 1)
		seed = atoi(argv[1]);
	for (started = 0;; started++) {
		int flags = started % 4 ? 0 : CLONE_NEWPID;
		long pid = spawn(flags);

		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (flags)
				be_init();
			else
				be_parent();
		}
		if (pid < 0 || started >= CROWD)
			waitpid(-1, NULL, 0);
		doze(2 * pause_us);
	}
}
