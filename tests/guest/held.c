// SPDX-License-Identifier: GPL-2.0
/*
 * Gets into a wait that no script can get into: in the context of a signal handler,
 * with the lock of its memory held, in a system call that the C library lacks.
 *
 * usage: held WHAT [ARGUMENT]
 *	ignore		ignores SIGTERM
 *	mutex		SIGTERM's handler locks a mutex that main holds
 *	nap		SIGTERM's handler sleeps
 *	thread		main blocks SIGTERM; a thread takes it, and its handler sleeps
 *	notify FD	SIGTERM's handler makes a system call that waits for a seccomp
 *			supervisor, who gets the listener through the socket FD
 *	keep FD		the same, and the listener stays open here, too
 *	uring PATH	has a worker of io_uring open PATH
 *	mapping PATH	A thread reads PATH. After SIGUSR2 another one maps it: on a
 *			FUSE that does not answer the read this waits, with the lock of
 *			the memory held for writing.
 *	exec PATH	the same; after SIGUSR1 main executes sleep, which waits for
 *			the end of these threads
 *	shared PATH	the same, but a child executes sleep, which shares the memory
 *			and waits for its lock
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define STACK_SIZE	65536

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static char child_stack[STACK_SIZE] __attribute__((aligned(16)));

static void die(const char *what)
{
	perror(what);
	exit(3);
}

static void sleep_forever(void)
{
	for (;;)
		sleep(1000);
}

static void handle(int number, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	if (sigaction(number, &action, NULL))
		die("sigaction");
}

static void lock(int number)
{
	(void)number;
	pthread_mutex_lock(&mutex);
}

static void nap(int number)
{
	(void)number;
	sleep_forever();
}

static void call(int number)
{
	(void)number;
	syscall(SYS_getppid);
	_exit(0);
}

static void block(int how, int number)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	if (pthread_sigmask(how, &set, NULL))
		die("pthread_sigmask");
}

static void await(int number)
{
	sigset_t set;
	int got;

	sigemptyset(&set);
	sigaddset(&set, number);
	while (sigwait(&set, &got))
		;
}

static void start(void *(*body)(void *), const char *argument)
{
	size_t least = (size_t)sysconf(_SC_THREAD_STACK_MIN);
	size_t size = least > STACK_SIZE ? least : STACK_SIZE;
	pthread_attr_t small;
	pthread_t thread;

	if (pthread_attr_init(&small) ||
	    pthread_attr_setstacksize(&small, size) ||
	    pthread_create(&thread, &small, body, (void *)argument))
		die("pthread_create");
}

static void *take(void *unused)
{
	block(SIG_UNBLOCK, SIGTERM);
	sleep_forever();
	return unused;
}

static void take_in_thread(void)
{
	block(SIG_BLOCK, SIGTERM);
	handle(SIGTERM, nap);
	start(take, NULL);
	sleep_forever();
}

/* Returns the listener of a filter by which getppid() waits for its supervisor. */
static int filter_getppid(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = 4, .filter = filter };
	int fd;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		die("prctl");
	fd = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
			  SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
	if (fd < 0)
		die("seccomp");
	return fd;
}

static void send_fd(int to, int fd)
{
	char byte = 0, control[CMSG_SPACE(sizeof(fd))] = "";
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &data, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(header), &fd, sizeof(fd));
	if (sendmsg(to, &message, 0) != 1)
		die("sendmsg");
}

static void be_supervised(int to, int keep)
{
	int fd = filter_getppid();

	send_fd(to, fd);
	if (!keep)
		close(fd);
	close(to);
	handle(SIGTERM, call);
	sleep_forever();
}

static void *map_ring(int fd, size_t size, off_t what)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_POPULATE, fd, what);

	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

static void open_in_ring(const char *path)
{
	struct io_uring_params params = { 0 };
	struct io_uring_sqe *entry;
	unsigned int *tail;
	char *ring;
	int fd;

	fd = (int)syscall(SYS_io_uring_setup, 1, &params);
	if (fd < 0)
		die("io_uring_setup");
	/* The array's first element, the number of the only entry, is 0 already. */
	ring = map_ring(fd, params.sq_off.array + sizeof(unsigned int),
			IORING_OFF_SQ_RING);
	entry = map_ring(fd, sizeof(*entry), IORING_OFF_SQES);
	entry->opcode = IORING_OP_OPENAT;
	entry->flags = IOSQE_ASYNC;
	entry->fd = AT_FDCWD;
	entry->addr = (uintptr_t)path;
	entry->open_flags = O_RDONLY;
	tail = (unsigned int *)(ring + params.sq_off.tail);
	__atomic_store_n(tail, 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, fd, 1, 0, 0, NULL, 0) != 1)
		die("io_uring_enter");
	sleep_forever();
}

static void *read_file(void *path)
{
	static char byte;
	int fd = open(path, O_RDONLY);

	if (fd < 0)
		die(path);
	/* It fails when the server ends. */
	(void)!read(fd, &byte, 1);
	sleep_forever();
	return NULL;
}

static void *map_file(void *path)
{
	int fd;

	await(SIGUSR2);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	if (fd < 0 || mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0) == MAP_FAILED)
		die(path);
	sleep_forever();
	return NULL;
}

/*
 * All memory is there before a thread holds its lock: a page fault would wait for
 * that.
 */
static void hold_memory(const char *path)
{
	block(SIG_BLOCK, SIGUSR1);
	block(SIG_BLOCK, SIGUSR2);
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		die("mlockall");
	start(read_file, path);
	start(map_file, path);
}

static int execute(void *unused)
{
	static const char program[] = "/usr/bin/sleep";
	static const char *const arguments[] = { "held-exec", "1000", NULL };

	await(SIGUSR1);
	execv(program, (char **)arguments);
	die(program);
	return !unused;
}

static void execute_in_child(void)
{
	if (clone(execute, child_stack + STACK_SIZE, CLONE_VM | SIGCHLD,
		  NULL) < 0)
		die("clone");
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	const char *argument = argc > 2 ? argv[2] : "";

	if (!strcmp(what, "ignore")) {
		handle(SIGTERM, SIG_IGN);
		sleep_forever();
	} else if (!strcmp(what, "mutex")) {
		pthread_mutex_lock(&mutex);
		handle(SIGTERM, lock);
		sleep_forever();
	} else if (!strcmp(what, "nap")) {
		handle(SIGTERM, nap);
		sleep_forever();
	} else if (!strcmp(what, "thread")) {
		take_in_thread();
	} else if (!strcmp(what, "notify") || !strcmp(what, "keep")) {
		be_supervised(atoi(argument), !strcmp(what, "keep"));
	} else if (!strcmp(what, "uring")) {
		open_in_ring(argument);
	} else if (!strcmp(what, "mapping")) {
		hold_memory(argument);
		sleep_forever();
	} else if (!strcmp(what, "exec")) {
		hold_memory(argument);
		return execute(NULL);
	} else if (!strcmp(what, "shared")) {
		hold_memory(argument);
		execute_in_child();
		sleep_forever();
	}
	fprintf(stderr, "usage: held WHAT [ARGUMENT]: see its source\n");
	return 2;
}
