// SPDX-License-Identifier: GPL-2.0
/*
 * Brings a signal of the kernel, or one that looks so, upon itself, with the
 * signal's default action.
 *
 * usage: causes WHAT [ARGUMENT...]
 *	wait		does nothing
 *	segv, bus	accesses nothing, or a file beyond its end
 *	code HEX	executes this machine code
 *	alarm, virtual, prof
 *			an interval timer expires
 *	timer, cputimer	a POSIX timer with SIGUSR1 expires
 *	cpu, rttime	exceeds the soft limit, with a handler, then the hard one
 *	fsize		exceeds RLIMIT_FSIZE
 *	pipe		writes to a pipe that nobody reads
 *	kill, trapped	a seccomp filter's SECCOMP_RET_KILL_PROCESS, _TRAP
 *	forge CALL SIGNAL CODE [PID]
 *			queues a signal with that si_code by system call CALL,
 *			queue, tgqueue or pidfd, for itself or for PID
 *	hog MB		fills that much memory, then waits
 *	share MB FD	the same with a process that shares the memory, whose pid is
 *			written to FD
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what)
{
	perror(what);
	exit(3);
}

static void spin(void)
{
	for (;;)
		;
}

static void handle(int signal)
{
	(void)signal;
}

/* Writes to memory, as the compiler is told that it matters. */
static void touch(char *memory, size_t size)
{
	memset(memory, 1, size);
	asm volatile ("" : : "r" (memory) : "memory");
}

static void fault_segv(void)
{
	char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);

	touch(page, 1);
}

static void fault_bus(void)
{
	FILE *file = tmpfile();
	char *beyond;

	if (!file)
		die("tmpfile");
	beyond = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
	if (beyond == MAP_FAILED)
		die("mmap");
	touch(beyond, 1);
	fclose(file);
}

static void execute(const char *code)
{
	unsigned int byte;
	char *page;
	int at;

	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		die("mmap");
	for (at = 0; sscanf(code + 2 * at, "%2x", &byte) == 1; at++)
		page[at] = (char)byte;
	__builtin___clear_cache(page, page + at);
	((void (*)(void))page)();
}

static void expire(int which)
{
	struct itimerval soon = { .it_value.tv_usec = 20000 };

	if (setitimer(which, &soon, NULL))
		die("setitimer");
	if (which == ITIMER_REAL)
		pause();
	spin();
}

static void expire_posix(clockid_t clock)
{
	struct sigevent event = {
		.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1,
	};
	struct itimerspec soon = { .it_value.tv_nsec = 20000000 };
	timer_t timer;

	if (timer_create(clock, &event, &timer) ||
	    timer_settime(timer, 0, &soon, NULL))
		die("timer_create");
	if (clock == CLOCK_MONOTONIC)
		pause();
	spin();
}

static void limit(int resource, rlim_t soft, rlim_t hard)
{
	struct rlimit limit = { .rlim_cur = soft, .rlim_max = hard };

	signal(SIGXCPU, handle);
	if (setrlimit(resource, &limit))
		die("setrlimit");
}

static void exceed_fsize(void)
{
	FILE *file = tmpfile();

	limit(RLIMIT_FSIZE, 1, 1);
	if (!file || write(fileno(file), "ab", 2) != 1)
		die("write");
	(void)!write(fileno(file), "c", 1);
	fclose(file);
}

static void exceed_rttime(void)
{
	struct sched_param param = { .sched_priority = 1 };

	limit(RLIMIT_RTTIME, 20000, 60000);
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		die("SCHED_FIFO");
	spin();
}

static void write_to_nobody(void)
{
	int ends[2];

	if (pipe(ends) || close(ends[0]))
		die("pipe");
	(void)!write(ends[1], "", 1);
}

/* getppid() does what the filter says. */
static void filtered(unsigned int what)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, what),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = 4, .filter = filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		die("seccomp");
	syscall(SYS_getppid);
}

static int forge(const char *call, int number, int code, pid_t pid)
{
	siginfo_t info = { .si_signo = number, .si_code = code };
	long result;

	if (!strcmp(call, "queue"))
		result = syscall(SYS_rt_sigqueueinfo, pid, number, &info);
	else if (!strcmp(call, "tgqueue"))
		result = syscall(SYS_rt_tgsigqueueinfo, pid, pid, number, &info);
	else
		result = syscall(SYS_pidfd_send_signal,
				 syscall(SYS_pidfd_open, pid, 0), number, &info,
				 0);
	if (result)
		die(call);
	return 0;
}

static void fill(int megabytes)
{
	size_t size = (size_t)megabytes << 20;
	char *memory;

	memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		die("mmap");
	touch(memory, size);
	for (;;)
		pause();
}

static int wait_only(void *unused)
{
	for (;;)
		pause();
	return !unused;
}

static void share(int megabytes, int fd)
{
	char *stack = malloc(65536);
	char line[16];
	pid_t pid;
	int len;

	pid = stack ? clone(wait_only, stack + 65536, CLONE_VM | SIGCHLD, NULL) :
		      -1;
	if (pid < 0)
		die("clone");
	len = snprintf(line, sizeof(line), "%d\n", (int)pid);
	(void)!write(fd, line, (size_t)len);
	fill(megabytes);
}

static int number(char **argv, int argc, int at, int otherwise)
{
	return argc > at ? atoi(argv[at]) : otherwise;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	/* A shell in the background ignores some, and Python others. */
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGXFSZ, SIG_DFL);
	if (!strcmp(what, "wait"))
		return wait_only(NULL);
	else if (!strcmp(what, "segv"))
		fault_segv();
	else if (!strcmp(what, "bus"))
		fault_bus();
	else if (!strcmp(what, "code") && argc > 2)
		execute(argv[2]);
	else if (!strcmp(what, "alarm"))
		expire(ITIMER_REAL);
	else if (!strcmp(what, "virtual"))
		expire(ITIMER_VIRTUAL);
	else if (!strcmp(what, "prof"))
		expire(ITIMER_PROF);
	else if (!strcmp(what, "timer"))
		expire_posix(CLOCK_MONOTONIC);
	else if (!strcmp(what, "cputimer"))
		expire_posix(CLOCK_PROCESS_CPUTIME_ID);
	else if (!strcmp(what, "cpu"))
		limit(RLIMIT_CPU, 1, 2), spin();
	else if (!strcmp(what, "rttime"))
		exceed_rttime();
	else if (!strcmp(what, "fsize"))
		exceed_fsize();
	else if (!strcmp(what, "pipe"))
		write_to_nobody();
	else if (!strcmp(what, "kill"))
		filtered(SECCOMP_RET_KILL_PROCESS);
	else if (!strcmp(what, "trapped"))
		filtered(SECCOMP_RET_TRAP);
	else if (!strcmp(what, "forge") && argc > 4)
		return forge(argv[2], atoi(argv[3]), atoi(argv[4]),
			     number(argv, argc, 5, getpid()));
	else if (!strcmp(what, "hog"))
		fill(number(argv, argc, 2, 1));
	else if (!strcmp(what, "share"))
		share(number(argv, argc, 2, 1), number(argv, argc, 3, -1));
	fprintf(stderr, "usage: causes WHAT [ARGUMENT...]\n");
	return 2;
}
