// SPDX-License-Identifier: GPL-2.0
/*
 * Measures how long a program takes from its exec until it listens.
 *
 * usage: starting netlink:PROTOCOL|kprobe:FUNCTION PROGRAM [ARGUMENT...]
 *
 * Prints the nanoseconds until some socket of the netlink protocol joins a group,
 * or the function has a kprobe. The program has the higher priority: this one looks
 * whenever the program sleeps, and ends it afterwards.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

#define TOO_LONG	(300 * NS_PER_SEC)

static FILE *lines(const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file)
		die(path);
	return file;
}

static bool in_group(int protocol)
{
	FILE *file = lines("/proc/net/netlink");
	unsigned int groups;
	char line[512];
	bool found = false;
	int its;

	while (!found && fgets(line, sizeof(line), file))
		found = sscanf(line, "%*s %d %*u %x", &its, &groups) == 2 &&
			its == protocol && groups;
	fclose(file);
	return found;
}

static bool probed(const char *function)
{
	FILE *file = lines("/sys/kernel/debug/kprobes/list");
	char line[512];
	bool found = false;

	while (!found && fgets(line, sizeof(line), file))
		found = strstr(line, function);
	fclose(file);
	return found;
}

static bool listens(const char *how)
{
	const char *what = strchr(how, ':') + 1;

	return *how == 'n' ? in_group(atoi(what)) : probed(what);
}

/* Reads memory that is shared with the child. */
static unsigned long long load(const unsigned long long *shared)
{
	return __atomic_load_n(shared, __ATOMIC_RELAXED);
}

int main(int argc, char **argv)
{
	struct sched_param param = { .sched_priority = 10 };
	unsigned long long *start, end;
	pid_t pid;
	int null;

	if (argc < 3 || !strchr(argv[1], ':')) {
		fprintf(stderr, "usage: starting HOW PROGRAM...\n");
		return 2;
	}
	start = mmap(NULL, sizeof(*start), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (start == MAP_FAILED)
		die("memory");
	*start = 0;

	pid = fork();
	if (!pid) {
		null = open("/dev/null", O_RDWR);
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		sched_setscheduler(0, SCHED_FIFO, &param);
		__atomic_store_n(start, now(), __ATOMIC_RELAXED);
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0)
		die("fork");
	while (!listens(argv[1])) {
		if (load(start) && now() - load(start) > TOO_LONG) {
			fprintf(stderr, "%s never listens\n", argv[2]);
			kill(pid, SIGKILL);
			return 1;
		}
	}
	end = now();
	printf("%llu\n", end - load(start));
	kill(pid, SIGINT);
	waitpid(pid, NULL, 0);
	return 0;
}
