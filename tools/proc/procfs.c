// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/util.h"
#include "proc/procfs.h"
#include "proc/reading.h"

/* PROC_CGROUP_INIT_INO of the kernel's linux/proc_ns.h. */
#define CGROUPNS_INITIAL	0xeffffffbU

/* The process whose folder in /proc a descriptor is; 0: none. */
static uint32_t owners[64];

/* See reading_begin(): @name is below @dir. */
static bool begin(int dir, const char *name)
{
	return reading_begin(dir >= 0 && dir < (int)ARRAY_SIZE(owners) ?
				     owners[dir] : 0, name);
}

uint64_t procfs_stat_start(const char *stat)
{
	const char *field = strrchr(stat, ')');
	int i;

	/* Field 2, the name, may itself hold blanks and parentheses. */
	if (!field)
		return 0;
	for (i = 2; i < 22; i++) {
		field = strchr(field + 1, ' ');
		if (!field)
			return 0;
	}
	return strtoull(field + 1, NULL, 10);
}

/* Returns a descriptor or a negative errno. */
static int open_file(int dir, const char *name, int flags)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | flags);

	if (fd >= 0)
		return fd;
	return errno == ENOENT ? -ESRCH : -errno;
}

/*
 * Reads @fd to its end, or until @size bytes are read. Returns how many were,
 * or a negative errno.
 */
static ssize_t read_all(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size) {
		n = read(fd, text + len, size - len);
		if (!n)
			break;
		if (n > 0)
			len += (size_t)n;
		else if (errno != EINTR)
			return -errno;
	}
	return (ssize_t)len;
}

ssize_t procfs_read_file(int dir, const char *name, char *text, size_t size)
{
	ssize_t len;
	int fd;

	text[0] = '\0';
	if (!begin(dir, name))
		return -ETIMEDOUT;
	fd = open_file(dir, name, 0);
	len = fd < 0 ? fd : read_all(fd, text, size - 1);
	if (fd >= 0)
		close(fd);
	reading_end();
	text[len > 0 ? len : 0] = '\0';
	return len;
}

bool procfs_file_begins(const char *path, const char *text)
{
	size_t len = strlen(text);
	char got[64];

	return procfs_read_file(AT_FDCWD, path, got, sizeof(got)) >=
		       (ssize_t)len && !strncmp(got, text, len);
}

/* Reads @fd to its end. Returns a string for free(), or NULL. */
static char *read_whole(int fd)
{
	size_t size = 32768, len = 0;
	char *text = NULL, *grown;
	ssize_t n;

	for (;;) {
		grown = realloc(text, size);
		if (!grown)
			break;
		text = grown;
		n = read_all(fd, text + len, size - 1 - len);
		if (n < 0)
			break;
		len += (size_t)n;
		if (len < size - 1) {
			text[len] = '\0';
			return text;
		}
		size *= 2;
	}
	free(text);
	return NULL;
}

char *procfs_read_whole_file(int dir, const char *name)
{
	char *text = NULL;
	int fd;

	if (!begin(dir, name))
		return NULL;
	fd = open_file(dir, name, 0);
	if (fd >= 0) {
		text = read_whole(fd);
		close(fd);
	}
	reading_end();
	return text;
}

bool procfs_read_link(int dir, const char *name, char *target, size_t size)
{
	ssize_t len = -1;

	if (begin(dir, name)) {
		len = readlinkat(dir, name, target, size - 1);
		reading_end();
	}
	target[len > 0 ? len : 0] = '\0';
	return len > 0;
}

/* Opens the directory @name below @dir. Returns a negative errno on failure. */
static int open_directory(int dir, const char *name)
{
	int fd;

	if (!begin(dir, name))
		return -ETIMEDOUT;
	fd = open_file(dir, name, O_DIRECTORY);
	reading_end();
	return fd;
}

int procfs_walk_numbers(int dir, const char *name,
			int (*call)(uint32_t number, void *context),
			void *context)
{
	struct dirent *entry;
	int fd, result = 0;
	DIR *entries;
	uint32_t number;
	char *end;

	fd = open_directory(dir, name);
	if (fd < 0)
		return fd;
	entries = fdopendir(fd);
	if (!entries) {
		close(fd);
		return -ENOMEM;
	}
	while (!result && (entry = readdir(entries))) {
		number = (uint32_t)strtoul(entry->d_name, &end, 10);
		if (end != entry->d_name && !*end)
			result = call(number, context);
	}
	closedir(entries);
	return result;
}

int procfs_open(uint32_t pid, uint64_t start_ticks)
{
	char path[32], stat[1024];
	ssize_t len;
	int dir;

	snprintf(path, sizeof(path), "/proc/%u", pid);
	dir = open_directory(AT_FDCWD, path);
	if (dir >= 0 && dir < (int)ARRAY_SIZE(owners))
		owners[dir] = pid;
	if (dir < 0 || !start_ticks)
		return dir;
	len = procfs_read_file(dir, "stat", stat, sizeof(stat));
	if (len > 0 && procfs_stat_start(stat) == start_ticks)
		return dir;
	close(dir);
	return len < 0 ? (int)len : -ESRCH;
}

bool procfs_read_cgroup(const struct process *process, char *text, size_t size)
{
	ssize_t len;
	int dir;

	dir = procfs_open(process->pid, process_start_ticks(process));
	if (dir < 0)
		return false;
	len = procfs_read_file(dir, "cgroup", text, size);
	close(dir);
	return len > 0;
}

static uint32_t pidns_at(int dir, const char *path)
{
	struct stat st;
	bool known;

	if (!begin(dir, path))
		return 0;
	known = !fstatat(dir, path, &st, 0);
	reading_end();
	return known ? (uint32_t)st.st_ino : 0;
}

uint32_t procfs_pidns(int dir)
{
	return pidns_at(dir, "ns/pid");
}

/* Opens @name, a file of /proc/PID/ns. Returns a negative errno on failure. */
static int open_ns(int dir, const char *name)
{
	int fd;

	if (!begin(dir, name))
		return -ETIMEDOUT;
	fd = open_file(dir, name, 0);
	reading_end();
	return fd;
}

int procfs_open_pidns(uint32_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u/ns/pid", pid);
	return open_ns(AT_FDCWD, path);
}

int procfs_open_netns(int dir)
{
	return open_ns(dir, dir == AT_FDCWD ? "/proc/self/ns/net" : "ns/net");
}

bool procfs_exists(const char *path)
{
	bool exists;

	if (!begin(AT_FDCWD, path))
		return false;
	exists = !access(path, F_OK);
	reading_end();
	return exists;
}

uint32_t procfs_own_pidns(void)
{
	/* "self", not our pid: /proc may be that of a namespace above ours. */
	return pidns_at(AT_FDCWD, "/proc/self/ns/pid");
}

/* Whether the cgroup namespace is the initial one, or there are none. */
static bool has_initial_cgroupns(void)
{
	struct stat st;

	return stat("/proc/self/ns/cgroup", &st) ||
	       (uint32_t)st.st_ino == CGROUPNS_INITIAL;
}

bool procfs_join_cgroupns(void)
{
	int fd;

	if (has_initial_cgroupns())
		return true;
	fd = open("/proc/1/ns/cgroup", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (setns(fd, CLONE_NEWCGROUP)) {
		close(fd);
		return false;
	}
	close(fd);
	return has_initial_cgroupns();
}

bool procfs_gone(uint32_t pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%u", pid);
	return procfs_own_pidns() == PROCFS_PIDNS_INITIAL &&
	       access(path, F_OK) && errno == ENOENT;
}
