// SPDX-License-Identifier: GPL-2.0
/*
 * Teardowns that hang: pid namespaces whose init is killed, while this process
 * outside has zombies in each that it does not reap.
 *
 * usage: hang TEARDOWNS ZOMBIES
 *
 * Prints a line for each namespace with the pids, the init's last, and reaps all
 * processes when stdin ends.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Returns the pid in the namespace of this process. */
static pid_t spawn_zombie(void)
{
	pid_t pid = vfork();

	if (!pid)
		_exit(0);
	return pid;
}

static pid_t spawn_init(void)
{
	pid_t pid = fork();

	while (!pid)
		pause();
	return pid;
}

static int hang(int own, int zombies, pid_t *pids)
{
	int i, failed = 0;

	if (unshare(CLONE_NEWPID))
		return -1;
	pids[zombies] = spawn_init();
	failed |= pids[zombies] < 0;
	for (i = 0; i < zombies; i++) {
		pids[i] = spawn_zombie();
		failed |= pids[i] < 0;
		printf("%d ", pids[i]);
	}
	printf("%d\n", pids[zombies]);
	if (failed || setns(own, CLONE_NEWPID))
		return -1;
	return kill(pids[zombies], SIGKILL);
}

int main(int argc, char **argv)
{
	int own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	int i, teardowns, zombies;
	char byte;
	pid_t *pids;

	if (argc < 3 || own < 0)
		return 2;
	teardowns = atoi(argv[1]);
	zombies = atoi(argv[2]);
	pids = calloc((size_t)teardowns * (zombies + 1), sizeof(*pids));
	if (!pids)
		return 1;
	for (i = 0; i < teardowns; i++) {
		if (hang(own, zombies, &pids[i * (zombies + 1)])) {
			perror("hang");
			return 1;
		}
	}
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	for (i = 0; i < teardowns * (zombies + 1); i++)
		waitpid(pids[i], NULL, 0);
	return 0;
}
