// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proc/procfs.h"
#include "proc/task.h"
#include "lib/util.h"
#include "proc/blocked.h"

/* More threads than these are not looked at one by one. */
#define THREADS_MAX	256

/* Those whose first argument is a descriptor that they wait for. */
static const char *const on_descriptors[] = {
	"read", "readv", "pread64", "write", "writev", "pwrite64", "recvfrom",
	"recvmsg", "recvmmsg", "sendto", "sendmsg", "accept", "accept4",
	"connect", "ioctl", "fsync", "fdatasync", "flock", "fcntl",
	"epoll_wait", "epoll_pwait", "epoll_pwait2", "splice", "getdents64",
};

static const char *const for_signals[] = {
	"rt_sigtimedwait", "rt_sigsuspend", "pause",
};

static bool is_one_of(const char *word, const char *const words[], size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (!strcmp(words[i], word))
			return true;
	return false;
}

/* The numbers of a 32-bit program are others. */
static uint32_t arch_of(int dir)
{
	unsigned char ident[EI_NIDENT] = "";
	uint32_t arch = SCMP_ARCH_NATIVE;
	int fd;

	fd = openat(dir, "exe", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return arch;
	if (read(fd, ident, sizeof(ident)) == sizeof(ident) &&
	    ident[EI_CLASS] == ELFCLASS32)
		arch = seccomp_arch_native() == SCMP_ARCH_X86_64 ? SCMP_ARCH_X86
								 : SCMP_ARCH_ARM;
	close(fd);
	return arch;
}

static void say(struct blocked *blocked, const char *what)
{
	snprintf(blocked->what, sizeof(blocked->what), "%s", what);
}

static void name_syscall(int dir, long number, struct blocked *blocked)
{
	char *name = seccomp_syscall_resolve_num_arch(arch_of(dir), (int)number);

	if (name)
		snprintf(blocked->syscall, sizeof(blocked->syscall), "%s", name);
	else
		snprintf(blocked->syscall, sizeof(blocked->syscall), "syscall %ld",
			 number);
	free(name);
}

static void tell_child(long id, struct blocked *blocked)
{
	blocked->for_child = true;
	if (id > 0) {
		blocked->child = (uint32_t)id;
		snprintf(blocked->what, sizeof(blocked->what),
			 "for its child %ld to end", id);
	} else if (id == -1) {
		say(blocked, "for any of its children to end");
	} else {
		say(blocked, "for a child of a process group to end");
	}
}

/* Who sleeps in one of these waits for a CLONE_VFORK child: wait_for_vfork_done(). */
static const char *const for_vforks[] = { "vfork", "clone", "clone3" };

static void tell_vfork(struct blocked *blocked)
{
	blocked->for_vfork = true;
	say(blocked, "for its child to call execve or to end");
}

/* What the descriptor @fd of the process is. */
static void tell_descriptor(int dir, unsigned long fd, struct blocked *blocked)
{
	char name[32], target[256];

	snprintf(name, sizeof(name), "fd/%u", (unsigned int)fd);
	if (procfs_read_link(dir, name, target, sizeof(target)))
		snprintf(blocked->what, sizeof(blocked->what), "on descriptor %u: %s",
			 (unsigned int)fd, target);
	else
		snprintf(blocked->what, sizeof(blocked->what), "on descriptor %u",
			 (unsigned int)fd);
}

static void tell_arguments(int dir, const unsigned long args[2],
			   struct blocked *blocked)
{
	const char *name = blocked->syscall;

	if (!strcmp(name, "wait4") || !strcmp(name, "waitpid"))
		tell_child((int)args[0], blocked);
	else if (!strcmp(name, "waitid"))
		tell_child(args[0] == P_PID ? (int)args[1] :
			   args[0] == P_ALL ? -1 : 0, blocked);
	else if (is_one_of(name, on_descriptors, ARRAY_SIZE(on_descriptors)))
		tell_descriptor(dir, args[0], blocked);
	else if (!strncmp(name, "futex", 5))
		say(blocked, "for another thread or process");
	else if (is_one_of(name, for_vforks, ARRAY_SIZE(for_vforks)))
		tell_vfork(blocked);
	else if (strstr(name, "nanosleep"))
		say(blocked, "for a time to pass");
	blocked->for_signal = is_one_of(name, for_signals, ARRAY_SIZE(for_signals));
	if (blocked->for_signal)
		say(blocked, "for a signal");
}

/* "NUMBER ARGUMENT... SP PC", "-1 SP PC" outside of one, or "running". */
static void read_syscall(int dir, const char *name, struct blocked *blocked)
{
	unsigned long args[2];
	char text[256];
	long number;
	ssize_t len;

	len = procfs_read_file(dir, name, text, sizeof(text));
	blocked->unread = len < 0;
	if (len <= 0 || sscanf(text, "%ld %lx %lx", &number, &args[0],
			       &args[1]) != 3 || number < 0)
		return;
	name_syscall(dir, number, blocked);
	tell_arguments(dir, args, blocked);
}

/* Thread @tid, through @dir, which is /proc/PID; @path leads from there to it. */
static void read_thread(int dir, const char *path, uint32_t tid,
			struct blocked *blocked)
{
	char name[48];

	*blocked = (struct blocked){ .tid = tid };
	snprintf(name, sizeof(name), "%ssyscall", path);
	read_syscall(dir, name, blocked);
	snprintf(name, sizeof(name), "%swchan", path);
	if (procfs_read_file(dir, name, blocked->wchan, sizeof(blocked->wchan)) < 0 ||
	    !strcmp(blocked->wchan, "0"))
		blocked->wchan[0] = '\0';
	else
		blocked->unread = false;
}

/* Up to THREADS_MAX of them; how many. */
static size_t list_threads(int dir, uint32_t tids[THREADS_MAX])
{
	struct dirent *entry;
	size_t count = 0;
	DIR *tasks;
	int fd;

	fd = openat(dir, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	tasks = fd < 0 ? NULL : fdopendir(fd);
	if (!tasks) {
		if (fd >= 0)
			close(fd);
		return 0;
	}
	while (count < THREADS_MAX && (entry = readdir(tasks)))
		if (isdigit((unsigned char)entry->d_name[0]))
			tids[count++] = (uint32_t)strtoul(entry->d_name, NULL,
							  10);
	closedir(tasks);
	return count;
}

void blocked_read(int dir, const struct task *task, struct blocked *blocked)
{
	uint32_t tids[THREADS_MAX];
	struct blocked other;
	size_t count, i;
	char path[32];

	/* What is in /proc/PID itself is of the leader. */
	read_thread(dir, "", task->process.pid, blocked);
	/* The call that it was in when it was killed is still told. */
	if (task->exiting && task->threads <= 1) {
		blocked->syscall[0] = '\0';
		blocked->for_child = false;
		say(blocked, "in its exit");
	}
	count = task->threads > 1 ? list_threads(dir, tids) : 0;
	for (i = 0; i < count && !blocked->for_child; i++) {
		if (tids[i] == task->process.pid)
			continue;
		snprintf(path, sizeof(path), "task/%u/", tids[i]);
		read_thread(dir, path, tids[i], &other);
		if (other.for_child || (task->letter == 'Z' &&
					other.syscall[0] && !blocked->syscall[0]))
			*blocked = other;
	}
}

uint64_t blocked_signal_mask(int dir, const struct task *task)
{
	uint64_t blocked = task->blocked, mask;
	char name[48], status[4096];
	uint32_t tids[THREADS_MAX];
	size_t count, i;

	if (task->threads <= 1)
		return blocked;
	/* A leader that has ended takes no signals. */
	if (task->letter == 'Z')
		blocked = UINT64_MAX;
	count = list_threads(dir, tids);
	for (i = 0; i < count; i++) {
		if (tids[i] == task->process.pid)
			continue;
		snprintf(name, sizeof(name), "task/%u/status", tids[i]);
		if (procfs_read_file(dir, name, status, sizeof(status)) > 0 &&
		    task_status_number(status, "SigBlk", 16, &mask))
			blocked &= mask;
	}
	return blocked;
}

uint32_t blocked_live_thread(int dir, char *letter)
{
	char name[48], stat[1024], state;
	uint32_t tids[THREADS_MAX], found = 0;
	const char *end;
	size_t count, i;

	count = list_threads(dir, tids);
	for (i = 0; i < count && !found; i++) {
		snprintf(name, sizeof(name), "task/%u/stat", tids[i]);
		if (procfs_read_file(dir, name, stat, sizeof(stat)) <= 0)
			continue;
		end = strrchr(stat, ')');
		if (!end || sscanf(end + 1, " %c", &state) != 1 ||
		    state == 'Z' || state == 'X')
			continue;
		found = tids[i];
		*letter = state;
	}
	return found;
}
