// SPDX-License-Identifier: GPL-2.0
/*
 * Many orphans at once: several parents, each with the given number of zombies, exit
 * together. This process adopts the orphans and ignores their exit.
 *
 * usage: burst PARENTS CHILDREN [PAUSE]
 *
 * PAUSE: repeats this after so many milliseconds, until SIGTERM.
 */
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A zombie needs little memory: tens of thousands are no problem. */
static int leave_zombie(void)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(0);
	return pid < 0;
}

static void be_parent(int children, int ready, int go)
{
	char byte, failed = 0;
	int i;

	signal(SIGCHLD, SIG_DFL);
	for (i = 0; i < children; i++)
		failed |= leave_zombie();
	if (write(ready, &failed, 1) < 0 || read(go, &byte, 1) < 0)
		_exit(1);
	_exit(0);
}

static int burst(int parents, int children)
{
	int i, ready[2], go[2];
	char byte, failed = 0;

	if (pipe(ready) || pipe(go))
		return 1;
	for (i = 0; i < parents; i++) {
		switch (fork()) {
		case -1:
			return 1;
		case 0:
			close(go[1]);
			be_parent(children, ready[1], go[0]);
		}
	}
	for (i = 0; i < parents;) {
		if (read(ready[0], &byte, 1) != 1)
			continue;
		failed |= byte;
		i++;
	}
	close(go[0]);
	close(go[1]);
	close(ready[0]);
	close(ready[1]);
	/* SIGCHLD is ignored: this fails when all children are gone. */
	wait(NULL);
	return failed;
}

int main(int argc, char **argv)
{
	int failed, pause_ms = argc > 3 ? atoi(argv[3]) : 0;
	struct timespec pause = {
		.tv_sec = pause_ms / 1000,
		.tv_nsec = pause_ms % 1000 * 1000000L,
	};
	sigset_t term;

	if (argc < 3)
		return 2;
	/* SIGTERM is handled between two bursts. */
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	signal(SIGCHLD, SIG_IGN);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	do {
		failed = burst(atoi(argv[1]), atoi(argv[2]));
	} while (pause_ms && !failed &&
		 sigtimedwait(&term, NULL, &pause) != SIGTERM);
	return failed;
}
