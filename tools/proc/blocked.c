// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/util.h"
#include "proc/blocked.h"
#include "proc/procfs.h"
#include "proc/task.h"

/* Maximum number of threads of a process that are read. */
#define THREADS_MAX	256

/* System calls that wait for the descriptor in their first argument. */
static const char *const descriptor_syscalls[] = {
	"read", "readv", "pread64", "write", "writev", "pwrite64", "recvfrom",
	"recvmsg", "recvmmsg", "sendto", "sendmsg", "accept", "accept4",
	"connect", "ioctl", "fsync", "fdatasync", "flock", "fcntl",
	"epoll_wait", "epoll_pwait", "epoll_pwait2", "splice", "getdents64",
};

/* System calls that wait for a signal. */
static const char *const signal_syscalls[] = {
	"rt_sigtimedwait", "rt_sigtimedwait_time64", "rt_sigsuspend", "pause",
};

/* System calls that wait for a vfork child, in wait_for_vfork_done(). */
static const char *const vfork_syscalls[] = { "vfork", "clone", "clone3" };

static bool is_one_of(const char *word, const char *const words[], size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

/*
 * Whether thread @path of @dir is a 32-bit one, with the system call numbers of
 * that architecture. Its executable would say so, but must not be opened (see
 * procfs.h), so ask its auxiliary vector, as mm->saved_auxv has it: pairs of a
 * small type and a value, each as wide as the process's words. Where they are
 * 32-bit words, a 64-bit word holds a whole pair, and its upper half a value:
 * an address or capabilities in the first pair, never 0. Kernel threads and
 * processes that have lost their memory have no vector.
 */
static bool is_32bit(int dir, const char *path)
{
	char name[48], auxv[1024];
	uint64_t type;
	ssize_t len, i;

	snprintf(name, sizeof(name), "%sauxv", path);
	len = procfs_read_file(dir, name, auxv, sizeof(auxv));
	/* 16 bytes: a type and a value. */
	for (i = 0; i + 16 <= len; i += 16) {
		memcpy(&type, auxv + i, sizeof(type));
		if (type > UINT32_MAX)
			return true;
	}
	return false;
}

static uint32_t thread_arch(int dir, const char *path)
{
	if (!is_32bit(dir, path))
		return SCMP_ARCH_NATIVE;
	return seccomp_arch_native() == SCMP_ARCH_X86_64 ? SCMP_ARCH_X86
							 : SCMP_ARCH_ARM;
}

static void set_what(struct blocked *blocked, const char *what)
{
	snprintf(blocked->what, sizeof(blocked->what), "%s", what);
}

static void name_syscall(uint32_t arch, long number, struct blocked *blocked)
{
	char *name = seccomp_syscall_resolve_num_arch(arch, (int)number);

	if (name)
		snprintf(blocked->syscall, sizeof(blocked->syscall), "%s",
			 name);
	else
		snprintf(blocked->syscall, sizeof(blocked->syscall),
			 "syscall %ld", number);
	free(name);
}

/* Describes a wait for child @id, as wait4() takes it. */
static void describe_child(long id, struct blocked *blocked)
{
	blocked->for_child = true;
	if (id > 0) {
		blocked->child = (uint32_t)id;
		snprintf(blocked->what, sizeof(blocked->what),
			 "for its child %ld to end", id);
	} else if (id == -1) {
		set_what(blocked, "for any of its children to end");
	} else {
		set_what(blocked, "for a child of a process group to end");
	}
}

static void describe_vfork(struct blocked *blocked)
{
	blocked->for_vfork = true;
	set_what(blocked, "for its child to call execve or to end");
}

/* Describes a wait for descriptor @fd, which is not opened. */
static void describe_descriptor(int dir, unsigned int fd,
				struct blocked *blocked)
{
	char name[32], target[256];
	bool known;

	snprintf(name, sizeof(name), "fd/%u", fd);
	known = procfs_read_link(dir, name, target, sizeof(target));
	snprintf(blocked->what, sizeof(blocked->what), "on descriptor %u%s%s",
		 fd, known ? ": " : "", target);
}

/* Describes what blocked->syscall, with these arguments, waits for. */
static void describe_syscall(int dir, const unsigned long args[2],
			     struct blocked *blocked)
{
	const char *name = blocked->syscall;

	if (!strcmp(name, "wait4") || !strcmp(name, "waitpid"))
		describe_child((int)args[0], blocked);
	else if (!strcmp(name, "waitid"))
		describe_child(args[0] == P_PID ? (int)args[1] :
			       args[0] == P_ALL ? -1 : 0, blocked);
	else if (is_one_of(name, descriptor_syscalls,
			   ARRAY_SIZE(descriptor_syscalls)))
		describe_descriptor(dir, (unsigned int)args[0], blocked);
	else if (!strncmp(name, "futex", 5))
		set_what(blocked, "for another thread or process");
	else if (is_one_of(name, vfork_syscalls, ARRAY_SIZE(vfork_syscalls)))
		describe_vfork(blocked);
	else if (strstr(name, "nanosleep"))
		set_what(blocked, "for a time to pass");
	blocked->for_signal = is_one_of(name, signal_syscalls,
					ARRAY_SIZE(signal_syscalls));
	if (blocked->for_signal)
		set_what(blocked, "for a signal");
}

/*
 * Reads the system call of thread @path of @dir. The file has "NUMBER
 * ARGUMENT... SP PC", "-1 SP PC" where the thread is blocked outside of one, or
 * "running".
 */
static void read_syscall(int dir, const char *path, struct blocked *blocked)
{
	char name[48], text[256];
	unsigned long args[2];
	long number;
	ssize_t len;

	snprintf(name, sizeof(name), "%ssyscall", path);
	len = procfs_read_file(dir, name, text, sizeof(text));
	blocked->unread = len < 0;
	if (len <= 0 || sscanf(text, "%ld %lx %lx", &number, &args[0],
			       &args[1]) != 3 || number < 0)
		return;
	name_syscall(thread_arch(dir, path), number, blocked);
	describe_syscall(dir, args, blocked);
}

/* Reads thread @tid, whose folder is @path below @dir: "" or "task/TID/". */
static void read_thread(int dir, const char *path, uint32_t tid,
			struct blocked *blocked)
{
	char name[48], wchan[sizeof(blocked->wchan)];

	*blocked = (struct blocked){ .tid = tid };
	read_syscall(dir, path, blocked);
	snprintf(name, sizeof(name), "%swchan", path);
	if (procfs_read_file(dir, name, wchan, sizeof(wchan)) < 0 ||
	    !strcmp(wchan, "0"))
		return;
	snprintf(blocked->wchan, sizeof(blocked->wchan), "%s", wchan);
	blocked->unread = false;
}

struct threads {
	uint32_t	tids[THREADS_MAX];
	size_t		count;
};

static int add_thread(uint32_t tid, void *context)
{
	struct threads *threads = context;

	threads->tids[threads->count++] = tid;
	return threads->count == THREADS_MAX;
}

/* Lists up to THREADS_MAX threads; none where they cannot be read. */
static void list_threads(int dir, struct threads *threads)
{
	threads->count = 0;
	procfs_walk_numbers(dir, "task", add_thread, threads);
}

void blocked_read(int dir, const struct task *task, struct blocked *blocked)
{
	struct threads threads;
	struct blocked other;
	char path[32];
	uint32_t tid;
	size_t i;

	/* The files in /proc/PID itself are the leader's. */
	read_thread(dir, "", task->process.pid, blocked);
	/* A killed process still shows the system call that it was in. */
	if (task->exiting && task->threads <= 1) {
		blocked->syscall[0] = '\0';
		blocked->for_child = false;
		set_what(blocked, "in its exit");
	}
	if (task->threads <= 1)
		return;
	list_threads(dir, &threads);
	for (i = 0; i < threads.count && !blocked->for_child; i++) {
		tid = threads.tids[i];
		if (tid == task->process.pid)
			continue;
		snprintf(path, sizeof(path), "task/%u/", tid);
		read_thread(dir, path, tid, &other);
		if (other.for_child ||
		    (task->letter == 'Z' && other.syscall[0] &&
		     !blocked->syscall[0]))
			*blocked = other;
	}
}

uint64_t blocked_signal_mask(int dir, const struct task *task)
{
	uint64_t blocked = task->blocked, mask;
	char name[48], status[4096];
	struct threads threads;
	size_t i;

	if (task->threads <= 1)
		return blocked;
	/* A leader that has ended takes no signals. */
	if (task->letter == 'Z')
		blocked = UINT64_MAX;
	list_threads(dir, &threads);
	for (i = 0; i < threads.count; i++) {
		if (threads.tids[i] == task->process.pid)
			continue;
		snprintf(name, sizeof(name), "task/%u/status", threads.tids[i]);
		if (procfs_read_file(dir, name, status, sizeof(status)) > 0 &&
		    task_status_number(status, "SigBlk", 16, &mask))
			blocked &= mask;
	}
	return blocked;
}

uint32_t blocked_live_thread(int dir, char *letter)
{
	char name[48], stat[1024], state;
	struct threads threads;
	const char *end;
	size_t i;

	list_threads(dir, &threads);
	for (i = 0; i < threads.count; i++) {
		snprintf(name, sizeof(name), "task/%u/stat", threads.tids[i]);
		if (procfs_read_file(dir, name, stat, sizeof(stat)) <= 0)
			continue;
		end = strrchr(stat, ')');
		if (!end || sscanf(end + 1, " %c", &state) != 1 ||
		    state == 'Z' || state == 'X')
			continue;
		*letter = state;
		return threads.tids[i];
	}
	return 0;
}
