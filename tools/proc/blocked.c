// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "lib/array.h"
#include "lib/util.h"
#include "proc/blocked.h"
#include "proc/procfs.h"
#include "proc/task.h"

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

static uint32_t arch_of(bool compat)
{
	if (!compat)
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

	blocked->fd = (int)fd;
	snprintf(name, sizeof(name), "fd/%u", fd);
	known = procfs_read_link(dir, name, target, sizeof(target));
	snprintf(blocked->what, sizeof(blocked->what), "on descriptor %u%s%s",
		 fd, known ? ": " : "", target);
}

/* Describes what blocked->syscall, waits for. */
static void describe_syscall(int dir, struct blocked *blocked)
{
	const unsigned long *args = blocked->args;
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
static void read_syscall(int dir, const char *path, bool compat,
			 struct blocked *blocked)
{
	unsigned long *args = blocked->args;
	char name[48], text[256];
	long number;
	ssize_t len;

	snprintf(name, sizeof(name), "%ssyscall", path);
	len = procfs_read_file(dir, name, text, sizeof(text));
	blocked->unread = len < 0;
	if (len <= 0 || sscanf(text, "%ld %lx %lx %lx", &number, &args[0],
			       &args[1], &args[2]) != 4 || number < 0)
		return;
	name_syscall(arch_of(compat), number, blocked);
	describe_syscall(dir, blocked);
}

/* Reads the state of thread @path of @dir. */
static char read_letter(int dir, const char *path)
{
	char name[48], stat[1024], letter;
	const char *end;

	snprintf(name, sizeof(name), "%sstat", path);
	if (procfs_read_file(dir, name, stat, sizeof(stat)) <= 0)
		return 0;
	end = strrchr(stat, ')');
	return end && sscanf(end + 1, " %c", &letter) == 1 ? letter : 0;
}

/* Takes the function from the first line of a stack, "[<0>] NAME+0x1/0x2". */
static void function_of_stack(const char *stack, char wchan[BLOCKED_WCHAN_SIZE])
{
	const char *name = strstr(stack, "] ");
	size_t len;

	if (!name)
		return;
	name += strlen("] ");
	len = strcspn(name, "+\n");
	if (len < BLOCKED_WCHAN_SIZE) {
		memcpy(wchan, name, len);
		wchan[len] = '\0';
	}
}

/*
 * Some kernels, as 5.10, do not have the function in wchan, but all have it in the
 * stack.
 */
void blocked_function(int dir, const char *path, char wchan[BLOCKED_WCHAN_SIZE])
{
	char name[48], stack[1024];

	snprintf(name, sizeof(name), "%swchan", path);
	if (procfs_read_file(dir, name, wchan, BLOCKED_WCHAN_SIZE) > 0 &&
	    strcmp(wchan, "0"))
		return;
	wchan[0] = '\0';
	snprintf(name, sizeof(name), "%sstack", path);
	if (procfs_read_file(dir, name, stack, sizeof(stack)) > 0)
		function_of_stack(stack, wchan);
}

/* Reads a thread, whose folder is @path below @dir: "" or "task/TID/". */
static void read_thread(int dir, const char *path, bool compat,
			struct blocked *blocked)
{
	read_syscall(dir, path, compat, blocked);
	if (blocked->letter != 'R')
		blocked_function(dir, path, blocked->wchan);
	if (blocked->wchan[0])
		blocked->unread = false;
}

struct tids {
	uint32_t	list[BLOCKED_THREADS_MAX];
	size_t		count;
};

static int add_tid(uint32_t tid, void *context)
{
	struct tids *tids = context;

	tids->list[tids->count++] = tid;
	return tids->count == BLOCKED_THREADS_MAX;
}

/* Lists the threads; none where they cannot be read. */
static void list_tids(int dir, struct tids *tids)
{
	tids->count = 0;
	procfs_walk_numbers(dir, "task", add_tid, tids);
}

static struct blocked *add_thread(struct blocked_threads *threads, uint32_t tid)
{
	struct blocked *blocked;

	blocked = array_add(&threads->list, &threads->count, sizeof(*blocked));
	if (blocked)
		*blocked = (struct blocked){ .tid = tid, .fd = -1 };
	return blocked;
}

static int read_others(int dir, const struct task *task, bool compat,
		       struct blocked_threads *threads)
{
	struct blocked *blocked;
	struct tids tids;
	char path[32];
	size_t i;

	list_tids(dir, &tids);
	for (i = 0; i < tids.count; i++) {
		if (tids.list[i] == task->process.pid)
			continue;
		blocked = add_thread(threads, tids.list[i]);
		if (!blocked)
			return -ENOMEM;
		snprintf(path, sizeof(path), "task/%u/", blocked->tid);
		blocked->letter = read_letter(dir, path);
		read_thread(dir, path, compat, blocked);
		if (!blocked->letter)
			threads->count--;
	}
	return 0;
}

int blocked_read(int dir, const struct task *task, bool compat,
		 struct blocked_threads *threads)
{
	struct blocked *leader;

	*threads = (struct blocked_threads){ .count = 0 };
	leader = add_thread(threads, task->process.pid);
	if (!leader)
		return -ENOMEM;
	leader->letter = task->letter;
	/* The files in /proc/PID itself are the leader's. */
	read_thread(dir, "", compat, leader);
	/* A killed process still shows the system call that it was in. */
	if (task->exiting && task->threads <= 1) {
		leader->syscall[0] = '\0';
		leader->for_child = false;
		leader->for_vfork = false;
		leader->fd = -1;
		set_what(leader, "in its exit");
	}
	return task->threads > 1 ? read_others(dir, task, compat, threads) : 0;
}

void blocked_free(struct blocked_threads *threads)
{
	free(threads->list);
	*threads = (struct blocked_threads){ .count = 0 };
}

static bool has_ended(const struct blocked *thread)
{
	return thread->letter == 'Z' || thread->letter == 'X';
}

/* How much @thread tells of what its process waits for. */
static int weight(const struct blocked *thread, bool leader)
{
	if (has_ended(thread))
		return 0;
	if (thread->letter == 'D' && !thread->for_vfork)
		return 5;
	if (thread->for_child || thread->for_vfork)
		return 4;
	if (leader)
		return 3;
	return thread->syscall[0] ? 2 : 1;
}

const struct blocked *blocked_main(const struct blocked_threads *threads,
				   const struct task *task)
{
	const struct blocked *thread = threads->list, *found = NULL;
	int most = -1, now;
	size_t i;

	for (i = 0; i < threads->count; i++, thread++) {
		now = weight(thread, thread->tid == task->process.pid);
		if (now <= most)
			continue;
		most = now;
		found = thread;
	}
	return found;
}

bool blocked_in_teardown(const struct task *init)
{
	char wchan[BLOCKED_WCHAN_SIZE];
	int dir;

	/* Idle, which is not counted as load, from 6.1.190 or so on. */
	if (!init->exiting || init->threads > 1 ||
	    (init->letter != 'S' && init->letter != 'I'))
		return false;
	dir = procfs_open(init->process.pid, init->start_ticks);
	blocked_function(dir, "", wchan);
	if (dir >= 0)
		close(dir);
	return !wchan[0] || !strcmp(wchan, "do_wait") ||
	       !strcmp(wchan, "kernel_wait4") ||
	       !strcmp(wchan, "zap_pid_ns_processes");
}

bool blocked_may_be_frozen(const struct blocked *thread)
{
	/* do_freezer_trap() is most often inlined. 5.10 shows no function. */
	static const char *const functions[] = {
		"", "get_signal", "do_freezer_trap", "__refrigerator",
		"do_signal_stop", "do_jobctl_trap",
	};

	/* From 6.1 on the freezer of v1 leaves it where it slept, as in D. */
	return thread->letter == 'D' ||
	       is_one_of(thread->wchan, functions, ARRAY_SIZE(functions));
}

uint64_t blocked_signal_mask(int dir, const struct task *task)
{
	uint64_t blocked = task->blocked, mask;
	char name[48], status[4096];
	struct tids tids;
	size_t i;

	if (task->threads <= 1)
		return blocked;
	/* A leader that has ended takes no signals. */
	if (task->letter == 'Z')
		blocked = UINT64_MAX;
	list_tids(dir, &tids);
	for (i = 0; i < tids.count; i++) {
		if (tids.list[i] == task->process.pid)
			continue;
		snprintf(name, sizeof(name), "task/%u/status", tids.list[i]);
		if (procfs_read_file(dir, name, status, sizeof(status)) > 0 &&
		    task_status_number(status, "SigBlk", 16, &mask))
			blocked &= mask;
	}
	return blocked;
}
