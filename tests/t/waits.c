// SPDX-License-Identifier: GPL-2.0
/*
 * Prints for whom a process waits, as the kinds of wait in tools/explain/waits
 * find it: processes by name, and numbers as N. The argument names the
 * situation, which is made with children; a second one is a folder for files.
 * Linked with -Wl,--wrap=procfs_read_file,--wrap=procfs_read_link:
 * $CORE_PATTERN stands for the pattern, and $EXEC_FIFO for the link to a
 * container's FIFO.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <err.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "explain/waits/waits.h"
#include "proc/blocked.h"
#include "proc/procfs.h"
#include "proc/snapshot.h"
#include "waits.h"

static int ends[2], more[2];	/* of pipes or sockets, before the children */
static const char *folder;

ssize_t __wrap_procfs_read_file(int dir, const char *name, char *text,
				size_t size)
{
	if (strcmp(name, "/proc/sys/kernel/core_pattern"))
		return __real_procfs_read_file(dir, name, text, size);
	return snprintf(text, size, "%s\n", getenv("CORE_PATTERN"));
}

bool __wrap_procfs_read_link(int dir, const char *name, char *target,
			     size_t size)
{
	bool known = __real_procfs_read_link(dir, name, target, size);

	if (getenv("EXEC_FIFO") && strstr(target, "/exec.fifo"))
		snprintf(target, size, "%s", getenv("EXEC_FIFO"));
	return known;
}

static void __attribute((noreturn)) idle(void)
{
	for (;;)
		pause();
}

/* Waits until @pid sleeps in @syscall. */
static void await(pid_t pid, const char *syscall)
{
	struct blocked_threads threads;
	struct task task;
	bool asleep = false;
	int dir;

	while (!asleep) {
		if (task_read((uint32_t)pid, &task))
			errx(1, "process %d is gone", pid);
		if (task_is_zombie(&task))
			errx(1, "process %d ended before %s", pid, syscall);
		dir = procfs_open((uint32_t)pid, 0);
		if (!blocked_read(dir, &task, false, &threads))
			asleep = task.letter == 'S' &&
				 !strcmp(threads.list[0].syscall, syscall);
		blocked_free(&threads);
		task_clear(&task);
		close(dir);
		usleep(1000);
	}
}

/* Starts a child that is called @name and does @call; waits for @syscall. */
static pid_t child(const char *name, void (*call)(void), const char *syscall)
{
	pid_t pid = fork();

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, name);
		call();
		err(1, "%s", name);
	}
	await(pid, syscall);
	return pid;
}

static void close_ends(void)
{
	close(ends[0]);
	close(ends[1]);
}

static void read_end(void)
{
	char c;

	close(ends[1]);
	if (read(ends[0], &c, 1) < 0)
		err(1, "read");
}

static void read_and_keep(void)
{
	char c;

	if (read(ends[0], &c, 1) < 0)
		err(1, "read");
}

static void write_end(void)
{
	char page[4096] = "";

	close(ends[0]);
	while (write(ends[1], page, sizeof(page)) > 0)
		;
}

static void splice_ends(void)
{
	close(ends[1]);
	splice(ends[0], NULL, more[1], NULL, 1, 0);
}

static void keep_first(void)
{
	close(ends[1]);
	idle();
}

static void keep_second(void)
{
	close(ends[0]);
	idle();
}

static void keep_none(void)
{
	close_ends();
	idle();
}

static pid_t pipe_read_case(void)
{
	pid_t pid;

	if (pipe(ends))
		err(1, "pipe");
	pid = child("reader", read_end, "read");
	child("writer", keep_second, "pause");
	child("parent", idle, "pause");
	child("reader too", keep_first, "pause");
	child("other", keep_none, "pause");
	close_ends();
	return pid;
}

static pid_t pipe_inherited(void)
{
	pid_t pid;

	if (pipe(ends))
		err(1, "pipe");
	pid = child("reader", read_end, "read");
	child("one", idle, "pause");
	child("two", idle, "pause");
	close_ends();
	return pid;
}

static pid_t pipe_itself(void)
{
	pid_t pid;

	if (pipe(ends))
		err(1, "pipe");
	pid = child("reader", read_and_keep, "read");
	close_ends();
	return pid;
}

static pid_t pipe_write_case(void)
{
	pid_t pid;

	if (pipe(ends))
		err(1, "pipe");
	pid = child("writer", write_end, "write");
	child("reader", keep_first, "pause");
	close_ends();
	return pid;
}

static pid_t pipe_splice(void)
{
	pid_t pid;

	if (pipe(ends) || pipe(more))
		err(1, "pipe");
	pid = child("splicer", splice_ends, "splice");
	child("writer", keep_second, "pause");
	close_ends();
	return pid;
}

/* Returns the path of @name in the folder. */
static const char *in_folder(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void open_fifo(int flags)
{
	ends[0] = open(in_folder("fifo"), flags);
	if (ends[0] < 0)
		err(1, "%s", in_folder("fifo"));
}

static void read_fifo(void)
{
	open_fifo(O_RDONLY | O_NONBLOCK);
	fcntl(ends[0], F_SETFL, 0);
	read_and_keep();
}

static void write_fifo(void)
{
	open_fifo(O_RDWR);
	ends[1] = open(in_folder("fifo"), O_WRONLY);
	close(ends[0]);
	idle();
}

/* The same, where the folder is elsewhere in a mount namespace. */
static void write_elsewhere(void)
{
	char elsewhere[4096];

	snprintf(elsewhere, sizeof(elsewhere), "%s", in_folder("elsewhere"));
	if (unshare(CLONE_NEWNS) ||
	    mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount(folder, elsewhere, NULL, MS_BIND, NULL))
		err(1, "mount");
	folder = elsewhere;
	write_fifo();
}

/* A FIFO that is called alike, in another file system at that place. */
static void write_alike(void)
{
	if (unshare(CLONE_NEWNS) ||
	    mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", folder, "tmpfs", 0, NULL) ||
	    mkfifo(in_folder("fifo"), 0600))
		err(1, "mount");
	write_fifo();
}

static void read_write_fifo(void)
{
	open_fifo(O_RDWR);
	read_and_keep();
}

static void open_first(void)
{
	open_fifo(O_RDONLY);
}

static pid_t fifo_case(void (*writer)(void))
{
	if (mkfifo(in_folder("fifo"), 0600) ||
	    mkdir(in_folder("elsewhere"), 0700))
		err(1, "%s", folder);
	child("alike", write_alike, "pause");
	child("writer", writer, "pause");
	return child("reader", read_fifo, "read");
}

static pid_t fifo_read(void)
{
	return fifo_case(write_fifo);
}

static pid_t fifo_elsewhere(void)
{
	return fifo_case(write_elsewhere);
}

static pid_t fifo_read_write(void)
{
	if (mkfifo(in_folder("fifo"), 0600))
		err(1, "%s", folder);
	return child("reader", read_write_fifo, "read");
}

static pid_t fifo_open_case(void)
{
	if (mkfifo(in_folder("fifo"), 0600))
		err(1, "%s", folder);
	return child("reader", open_first, "openat");
}

static void receive(void)
{
	char c;

	close(ends[1]);
	recv(ends[0], &c, 1, 0);
}

static void receive_elsewhere(void)
{
	if (unshare(CLONE_NEWNET))
		err(1, "unshare");
	receive();
}

static void own_sockets(void)
{
	char c;

	if (unshare(CLONE_NEWNET) ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		err(1, "socketpair");
	recv(ends[0], &c, 1, 0);
}

static pid_t socket_case(void (*receiver)(void))
{
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		err(1, "socketpair");
	pid = child("client", receiver, "recvfrom");
	child("server", keep_second, "pause");
	child("parent", idle, "pause");
	close_ends();
	return pid;
}

static pid_t socket_read(void)
{
	return socket_case(receive);
}

static pid_t socket_inherited(void)
{
	return socket_case(receive_elsewhere);
}

static pid_t socket_netns(void)
{
	return child("client", own_sockets, "recvfrom");
}

static struct sockaddr_un address = { .sun_family = AF_UNIX };

static void listen_only(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(fd, 5))
		err(1, "listen");
	idle();
}

static void accept_only(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(fd, 5))
		err(1, "listen");
	accept(fd, NULL, NULL);
}

static void connect_and_read(void)
{
	ends[0] = socket(AF_UNIX, SOCK_STREAM, 0);
	if (ends[0] < 0 ||
	    connect(ends[0], (struct sockaddr *)&address, sizeof(address)))
		err(1, "connect");
	read_and_keep();
}

static pid_t socket_not_accepted(void)
{
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket",
		 folder);
	child("server", listen_only, "pause");
	return child("client", connect_and_read, "read");
}

static pid_t socket_accept(void)
{
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket",
		 folder);
	return child("server", accept_only, "accept");
}

static int open_file(void)
{
	int fd = open(in_folder("file"), O_RDWR | O_CREAT, 0600);

	if (fd < 0)
		err(1, "%s", in_folder("file"));
	return fd;
}

static void hold_flock(void)
{
	flock(open_file(), LOCK_EX);
	idle();
}

static void want_flock(void)
{
	flock(open_file(), LOCK_EX);
}

/* Has inherited a lock from its parent, which ends; the test adopts it. */
static void __attribute((noreturn)) inherit(const char *name, pid_t test)
{
	prctl(PR_SET_PDEATHSIG, 0);
	prctl(PR_SET_NAME, name);
	while (getppid() != test)
		usleep(1000);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	idle();
}

static void leave_flock(void)
{
	pid_t test = getppid();

	flock(open_file(), LOCK_EX);
	if (!fork())
		inherit("heir one", test);
	if (!fork())
		inherit("heir two", test);
	_exit(0);
}

static void lock_range(int command)
{
	struct flock lock = { .l_type = F_WRLCK, .l_start = 10, .l_len = 5 };

	fcntl(open_file(), command, &lock);
}

static void hold_posix(void)
{
	lock_range(F_SETLK);
	idle();
}

static void want_posix(void)
{
	lock_range(F_SETLKW);
}

static void hold_ofd(void)
{
	lock_range(F_OFD_SETLK);
	idle();
}

static void want_ofd(void)
{
	lock_range(F_OFD_SETLKW);
}

static void want_flock_again(void)
{
	flock(open_file(), LOCK_EX);
	flock(open_file(), LOCK_EX);
}

static pid_t lock_flock(void)
{
	child("holder", hold_flock, "pause");
	child("next", want_flock, "flock");
	return child("last", want_flock, "flock");
}

static pid_t lock_inherited(void)
{
	pid_t pid;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = fork();
	if (!pid)
		leave_flock();
	waitpid(pid, NULL, 0);
	return child("waiter", want_flock, "flock");
}

static pid_t lock_posix(void)
{
	child("holder", hold_posix, "pause");
	return child("waiter", want_posix, "fcntl");
}

static pid_t lock_ofd(void)
{
	child("holder", hold_ofd, "pause");
	return child("waiter", want_ofd, "fcntl");
}

static pid_t lock_itself(void)
{
	return child("waiter", want_flock_again, "flock");
}

static int load_filter(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	if (!filter || seccomp_rule_add(filter, SCMP_ACT_NOTIFY,
					SCMP_SYS(getppid), 0) ||
	    seccomp_load(filter))
		errx(1, "no seccomp notifications");
	return seccomp_notify_fd(filter);
}

/* Is filtered, with the descriptors of its parent, which has to keep one. */
static void supervise(void)
{
	pid_t pid = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0,
				   0);

	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "filtered");
		load_filter();
		syscall(SYS_getppid);
	}
	await(pid, "getppid");
	if (write(more[1], &pid, sizeof(pid)) != sizeof(pid))
		err(1, "write");
	idle();
}

static void filtered_alone(void)
{
	load_filter();
	syscall(SYS_getppid);
}

static pid_t seccomp_supervised(void)
{
	pid_t pid;

	if (pipe(more))
		err(1, "pipe");
	child("agent", supervise, "pause");
	if (read(more[0], &pid, sizeof(pid)) != sizeof(pid))
		err(1, "read");
	return pid;
}

static pid_t seccomp_itself(void)
{
	return child("filtered", filtered_alone, "getppid");
}

static void runc_init(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d",
		 open(in_folder("exec.fifo"), O_PATH | O_CLOEXEC));
	open(path, O_WRONLY);
}

static void crun_init(void)
{
	fd_set set;
	int fd = open(in_folder("exec.fifo"), O_RDONLY | O_NONBLOCK);

	FD_ZERO(&set);
	FD_SET(fd, &set);
	syscall(SYS_pselect6, fd + 1, &set, NULL, NULL, NULL, NULL);
}

static pid_t start_runc(void)
{
	if (mkfifo(in_folder("exec.fifo"), 0600))
		err(1, "%s", folder);
	return child("runc:[2:INIT]", runc_init, "openat");
}

static pid_t start_crun(void)
{
	if (mkfifo(in_folder("exec.fifo"), 0600))
		err(1, "%s", folder);
	return child("crun", crun_init, "pselect6");
}

static pid_t core_case(void)
{
	return child("dumper", idle, "pause");
}

static const struct {
	const char	*name;
	wait_find	*find;
	pid_t		(*make)(void);
} cases[] = {
	{ "pipe-read", wait_pipe, pipe_read_case },
	{ "pipe-inherited", wait_pipe, pipe_inherited },
	{ "pipe-itself", wait_pipe, pipe_itself },
	{ "pipe-write", wait_pipe, pipe_write_case },
	{ "pipe-splice", wait_pipe, pipe_splice },
	{ "fifo-read", wait_fifo, fifo_read },
	{ "fifo-elsewhere", wait_fifo, fifo_elsewhere },
	{ "fifo-read-write", wait_fifo, fifo_read_write },
	{ "fifo-open", wait_fifo, fifo_open_case },
	{ "socket-read", wait_socket, socket_read },
	{ "socket-inherited", wait_socket, socket_inherited },
	{ "socket-netns", wait_socket, socket_netns },
	{ "socket-not-accepted", wait_socket, socket_not_accepted },
	{ "socket-accept", wait_socket, socket_accept },
	{ "lock-flock", wait_lock, lock_flock },
	{ "lock-inherited", wait_lock, lock_inherited },
	{ "lock-posix", wait_lock, lock_posix },
	{ "lock-ofd", wait_lock, lock_ofd },
	{ "lock-itself", wait_lock, lock_itself },
	{ "seccomp-supervised", wait_seccomp, seccomp_supervised },
	{ "seccomp-itself", wait_seccomp, seccomp_itself },
	{ "start-runc", wait_start, start_runc },
	{ "start-crun", wait_start, start_crun },
	{ "core", wait_core, core_case },
};

/* Prints @text without the folder, and each number as N. */
static void print_text(const char *label, const char *text)
{
	size_t len = folder ? strlen(folder) : 0;

	if (!text)
		return;
	printf(" %s=", label);
	while (*text) {
		if (len && !strncmp(text, folder, len)) {
			printf("FOLDER");
			text += len;
		} else if (isdigit((unsigned char)*text)) {
			putchar('N');
			text += strspn(text, "0123456789");
		} else {
			putchar(*text++);
		}
	}
}

static void print_edges(const struct wait_edges *edges)
{
	const struct wait_edge *edge = edges->list;
	size_t i;

	if (!edges->count)
		puts("none");
	for (i = 0; i < edges->count; i++, edge++) {
		printf("%s", edge->to ? edge->to->process.comm : "thing");
		print_text("what", edge->what);
		print_text("detail", edge->detail);
		print_text("remedy", edge->remedy);
		puts(edges->candidates ? " candidate" : "");
	}
}

/*
 * Has @task dump core, and this process, called $HANDLER, be one that the
 * kernel has started.
 */
static void pretend_dump(struct snapshot *snapshot, struct task *task)
{
	struct task *parent = snapshot_find(snapshot, 1);
	struct task *handler = snapshot_find(snapshot, (uint32_t)getpid());

	task->dumping = true;
	if (!parent || !handler || !getenv("HANDLER"))
		return;
	parent->kernel = true;
	handler->ppid = 1;
	handler->start_ticks = task->start_ticks;
	snprintf(handler->process.comm, COMM_MAX, "%s", getenv("HANDLER"));
}

/* Finds the waits of @task, a process of @snapshot. */
static void print_waits_of(wait_find *find, const struct snapshot *snapshot,
			   const struct task *task)
{
	struct wait_context context = { .snapshot = snapshot };
	struct wait_edges edges = { .count = 0 };
	struct blocked_threads threads;
	struct waiter waiter = {
		.task = task, .threads = &threads,
		.only_hard = getenv("ONLY_HARD"),
		.dir = procfs_open(task->process.pid, task->start_ticks),
	};

	if (blocked_read(waiter.dir, task, false, &threads))
		errx(1, "no memory");
	waiter.thread = blocked_main(&threads, task);
	if (find(&context, &waiter, &edges))
		errx(1, "no memory");
	print_edges(&edges);
	waits_free(&edges);
	wait_context_free(&context);
	blocked_free(&threads);
	close(waiter.dir);
}

static void print_waits(wait_find *find, pid_t pid)
{
	struct snapshot snapshot;
	struct task *task;

	if (snapshot_read(&snapshot))
		errx(1, "no snapshot");
	task = snapshot_find(&snapshot, (uint32_t)pid);
	if (!task)
		errx(1, "the waiter is gone");
	if (find == wait_core)
		pretend_dump(&snapshot, task);
	print_waits_of(find, &snapshot, task);
	snapshot_free(&snapshot);
}

static void end_children(void)
{
	struct snapshot snapshot;
	size_t i;

	if (snapshot_read(&snapshot))
		errx(1, "no snapshot");
	for (i = 0; i < snapshot.count; i++)
		if (snapshot.list[i].ppid == (uint32_t)getpid())
			kill((pid_t)snapshot.list[i].process.pid, SIGKILL);
	snapshot_free(&snapshot);
	while (wait(NULL) > 0)
		;
}

int main(int argc, char **argv)
{
	size_t i;

	folder = argc > 2 ? argv[2] : NULL;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (argc < 2 || strcmp(cases[i].name, argv[1]))
			continue;
		print_waits(cases[i].find, cases[i].make());
		end_children();
		return 0;
	}
	errx(2, "no such situation");
}
