// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the lock that blocks a request: locks TYPE PID INO LOCKS [FDINFO],
 * where LOCKS is a file with what /proc/locks has. With FDINFO, whether that
 * shows the lock.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proc/locks.h"
#include "proc/procfs.h"

static enum file_lock_type type_of(const char *name)
{
	if (!strcmp(name, "flock"))
		return FILE_LOCK_FLOCK;
	return strcmp(name, "ofd") ? FILE_LOCK_POSIX : FILE_LOCK_OFD;
}

static char *read_text(const char *path)
{
	char *text = procfs_read_whole_file(AT_FDCWD, path);

	if (!text)
		errx(1, "cannot read %s", path);
	return text;
}

static void print_lock(const struct file_lock *lock, const char *info)
{
	if (!lock)
		puts("none");
	else if (info)
		puts(lock_is_shown(lock, info) ? "shown" : "not shown");
	else
		printf("%d %s %s:%llu %s\n", lock->pid, lock->mode,
		       lock->device, (unsigned long long)lock->ino,
		       lock->range);
}

int main(int argc, char **argv)
{
	struct file_locks locks;
	char *text, *info = NULL;

	if (argc < 5)
		errx(2, "too few arguments");
	text = read_text(argv[4]);
	if (argc > 5)
		info = read_text(argv[5]);
	if (locks_parse(text, &locks))
		errx(1, "no memory");
	print_lock(locks_blocker(&locks, type_of(argv[1]),
				 (uint32_t)atoi(argv[2]),
				 strtoull(argv[3], NULL, 10)), info);
	locks_free(&locks);
	free(text);
	free(info);
	return 0;
}
