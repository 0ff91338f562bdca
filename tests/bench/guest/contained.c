// SPDX-License-Identifier: GPL-2.0
/*
 * Containers: each a cgroup that Docker would have made, with a pid namespace, its
 * init and a child of that.
 *
 * usage: contained COUNT
 *
 * Prints the id of each container on a line, and ends them when stdin ends.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CGROUPS	"/sys/fs/cgroup/system.slice"

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* Enters @path, or with NULL the root. */
static void enter(const char *path)
{
	char file[256];
	int fd;

	snprintf(file, sizeof(file), "%s/cgroup.procs",
		 path ? path : "/sys/fs/cgroup");
	fd = open(file, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, "0", 1) != 1 || close(fd))
		die(file);
}

static void sleep_forever(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

static void run_init(void)
{
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	sleep_forever();
}

static pid_t contain(int own, const char *path)
{
	pid_t pid;

	if (mkdir(path, 0755))
		die(path);
	enter(path);
	if (unshare(CLONE_NEWPID))
		die("unshare");
	pid = fork();
	if (!pid)
		run_init();
	if (pid < 0 || setns(own, CLONE_NEWPID))
		die("fork");
	enter(NULL);
	return pid;
}

int main(int argc, char **argv)
{
	int own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
	int count = argc > 1 ? atoi(argv[1]) : 0, i;
	char path[256], byte;
	pid_t *pids;

	pids = calloc(count + 1, sizeof(*pids));
	if (own < 0 || count < 1 || !pids)
		return 2;
	mkdir(CGROUPS, 0755);
	for (i = 0; i < count; i++) {
		snprintf(path, sizeof(path), CGROUPS "/docker-%064x.scope", i);
		pids[i] = contain(own, path);
		printf("%064x\n", i);
	}
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	for (i = 0; i < count; i++)
		kill(pids[i], SIGKILL);
	for (i = 0; i < count; i++) {
		waitpid(pids[i], NULL, 0);
		snprintf(path, sizeof(path), CGROUPS "/docker-%064x.scope", i);
		rmdir(path);
	}
	return 0;
}
