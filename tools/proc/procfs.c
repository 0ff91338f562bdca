// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proc/procfs.h"

uint64_t procfs_stat_start(const char *stat)
{
	const char *field = strrchr(stat, ')');
	int i;

	/* The name is field 2, and may itself hold blanks and parentheses. */
	if (!field)
		return 0;
	for (i = 2; i < 22; i++) {
		field = strchr(field + 1, ' ');
		if (!field)
			return 0;
	}
	return strtoull(field + 1, NULL, 10);
}

ssize_t procfs_read_file(int dir, const char *name, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;
	int fd, error = 0;

	text[0] = '\0';
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		/* What a file in the folder of one that is gone says. */
		return errno == ENOENT ? -ESRCH : -errno;
	do {
		n = read(fd, text + len, size - 1 - len);
		if (n > 0)
			len += (size_t)n;
		else if (n < 0 && errno != EINTR)
			error = -errno;
	} while (n > 0 || (n < 0 && !error));
	close(fd);
	text[len] = '\0';
	return error ? error : (ssize_t)len;
}

bool procfs_read_link(int dir, const char *name, char *target, size_t size)
{
	ssize_t len = readlinkat(dir, name, target, size - 1);

	target[len > 0 ? len : 0] = '\0';
	return len > 0;
}

int procfs_open(uint32_t pid, uint64_t start_ticks)
{
	char path[32], stat[1024];
	ssize_t len;
	int dir;

	snprintf(path, sizeof(path), "/proc/%u", pid);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	if (!start_ticks)
		return dir;
	len = procfs_read_file(dir, "stat", stat, sizeof(stat));
	if (len > 0 && procfs_stat_start(stat) == start_ticks)
		return dir;
	close(dir);
	return len < 0 ? (int)len : -ESRCH;
}

bool procfs_cgroup(const struct process *process, char *text, size_t size)
{
	int dir;
	ssize_t len;

	dir = procfs_open(process->pid, process_start_ticks(process));
	if (dir < 0)
		return false;
	len = procfs_read_file(dir, "cgroup", text, size);
	close(dir);
	return len > 0;
}

uint32_t procfs_own_pidns(void)
{
	struct stat st;

	/* Not by number: /proc may be that of a namespace above ours. */
	return stat("/proc/self/ns/pid", &st) ? 0 : (uint32_t)st.st_ino;
}

bool procfs_gone(uint32_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u", pid);
	return procfs_own_pidns() == PROCFS_PIDNS_INITIAL && access(path, F_OK) &&
	       errno == ENOENT;
}
