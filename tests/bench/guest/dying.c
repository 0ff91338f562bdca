// SPDX-License-Identifier: GPL-2.0
/*
 * Measures how long a parent with many children takes to die.
 *
 * usage: dying [-m] [-i] REPEATS CHILDREN...
 *	-m	write "dying PID" to ftrace's buffer before each death
 *	-i	let init adopt the children; without it a subreaper does
 *
 * Prints a line for each number of children: the number, and the instructions of
 * each death, from the parent's _exit() until its own parent returns from
 * waitpid().
 *
 * With subreapers the children are created once. They are below a chain of
 * subreapers: the last of the chain dies first and leaves them to the one before it.
 * With init each death has children of its own. Real-time priorities, the waiting
 * parent above the dying process, ensure that nothing else runs between the two
 * readings of the clock but interrupts that the death causes. All processes share
 * one address space, so no death includes its release.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdnoreturn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

#define STACK		(64 * 1024)
#define CHILD_STACK	4096
#define MAX_REPEATS	100
#define FLAGS		(CLONE_VM | CLONE_FS | CLONE_FILES | SIGCHLD)

enum { DYING = 10, WAITING = 20 };

static int repeats;
static unsigned int children;
static char *child_stacks;
static pid_t *pids;
static unsigned int born;
static int marker = -1;
static bool to_init;

static struct {
	unsigned long long last_words;
	unsigned long long span;
} deaths[MAX_REPEATS + 1];

/* Children do not inherit the priority. */
static void run_at(int priority)
{
	struct sched_param param = { .sched_priority = priority };

	if (sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &param))
		die("SCHED_FIFO");
}

static noreturn int child(void *unused)
{
	(void)unused;
	__atomic_fetch_add(&born, 1, __ATOMIC_RELAXED);
	for (;;)
		pause();
}

static void bear_children(void)
{
	unsigned int i;

	for (i = 0; i < children; i++) {
		pids[i] = clone(child, child_stacks + (i + 1) * CHILD_STACK,
				FLAGS, NULL);
		if (pids[i] < 0)
			die("a child");
	}
	while (__atomic_load_n(&born, __ATOMIC_RELAXED) < children)
		settle(1);
}

static noreturn void end(long number)
{
	/* Let readers finish with the events of the death before. */
	run_at(DYING);
	settle(100 + children / 5);
	after_tick();
	if (marker >= 0)
		dprintf(marker, "dying %d\n", getpid());
	deaths[number].last_words = now();
	syscall(SYS_exit_group, 0);
	__builtin_unreachable();
}

static void watch_end(int (*dying)(void *), long number)
{
	char *stack = malloc(STACK);
	pid_t pid;

	run_at(WAITING);
	pid = clone(dying, stack + STACK, FLAGS, (void *)number);
	if (pid < 0)
		die("a parent");
	if (waitpid(pid, NULL, 0) != pid)
		die("waitpid");
	deaths[number].span = now() - deaths[number].last_words;
	free(stack);
}

static int parent(void *number)
{
	bear_children();
	end((long)number);
}

static int generation(void *argument)
{
	long number = (long)argument;

	if (number == repeats)
		parent(argument);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	watch_end(generation, number + 1);
	if (!number)
		return 0;
	end(number);
}

static void await(pid_t pid)
{
	if (to_init) {
		while (!kill(pid, 0))
			settle(1);
	} else if (waitpid(pid, NULL, 0) != pid) {
		die("a child was adopted by another process");
	}
}

static void kill_children(void)
{
	unsigned int i;

	for (i = 0; i < children; i++)
		kill(pids[i], SIGKILL);
	for (i = 0; i < children; i++)
		await(pids[i]);
	born = 0;
}

static void measure(void)
{
	int j;

	child_stacks = mmap(NULL, (size_t)children * CHILD_STACK + 1,
			    PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	pids = calloc(children + 1, sizeof(*pids));
	if (child_stacks == MAP_FAILED || !pids)
		die("memory");

	if (to_init) {
		for (j = repeats; j > 0; j--) {
			watch_end(parent, j);
			kill_children();
		}
	} else {
		generation(0);
		kill_children();
	}

	printf("%u", children);
	/* The first death warms up the caches. */
	for (j = repeats - 1; j > 0; j--)
		printf(" %llu", deaths[j].span);
	printf("\n");
	fflush(stdout);

	munmap(child_stacks, (size_t)children * CHILD_STACK + 1);
	free(pids);
}

static int refuse(void)
{
	fprintf(stderr, "usage: dying [-m] [-i] REPEATS CHILDREN...\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct rlimit many = { 100000, 100000 };
	int option, i;

	while ((option = getopt(argc, argv, "mi")) != -1) {
		switch (option) {
		case 'm':
			marker = open("/sys/kernel/debug/tracing/trace_marker",
				      O_WRONLY);
			if (marker < 0)
				die("trace_marker");
			break;
		case 'i':
			to_init = true;
			break;
		default:
			return refuse();
		}
	}
	i = optind;
	if (i < argc)
		repeats = atoi(argv[i++]) + 1;
	if (i == argc || repeats < 2 || repeats > MAX_REPEATS)
		return refuse();
	setrlimit(RLIMIT_NPROC, &many);
	for (; i < argc; i++) {
		children = atoi(argv[i]);
		measure();
	}
	return 0;
}
