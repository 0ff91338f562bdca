// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "proc.h"

static bool read_file(uint32_t pid, const char *name, char *text, size_t size)
{
	char path[64];
	size_t len = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	do {
		n = read(fd, text + len, size - 1 - len);
		if (n > 0)
			len += (size_t)n;
	} while (n > 0 || (n < 0 && errno == EINTR));
	close(fd);
	text[len] = '\0';
	return len > 0;
}

uint64_t proc_stat_start(const char *stat)
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

bool proc_cgroup(const struct process *process, char *text, size_t size)
{
	char stat[1024];
	long ticks = sysconf(_SC_CLK_TCK);

	/* In this order: who has the pid afterwards had it before. */
	if (ticks <= 0 || !read_file(process->pid, "cgroup", text, size) ||
	    !read_file(process->pid, "stat", stat, sizeof(stat)))
		return false;
	return proc_stat_start(stat) ==
	       process->start_ns / (NS_PER_SEC / (uint64_t)ticks);
}

uint32_t proc_own_pidns(void)
{
	struct stat st;

	/* Not by number: /proc may be that of a namespace above ours. */
	return stat("/proc/self/ns/pid", &st) ? 0 : (uint32_t)st.st_ino;
}

bool proc_gone(uint32_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u", pid);
	return proc_own_pidns() == PROC_PIDNS_INITIAL && access(path, F_OK) &&
	       errno == ENOENT;
}
