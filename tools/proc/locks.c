// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "proc/locks.h"
#include "proc/procfs.h"

static enum file_lock_type type_of(const char *word)
{
	if (!strcmp(word, "FLOCK"))
		return FILE_LOCK_FLOCK;
	if (!strcmp(word, "POSIX"))
		return FILE_LOCK_POSIX;
	if (!strcmp(word, "OFDLCK"))
		return FILE_LOCK_OFD;
	return FILE_LOCK_OTHER;
}

/*
 * Parses a line, as lock_get_status() in the kernel's fs/locks.c writes it:
 * ID: [-> ]TYPE ADVISORY MODE PID DEVICE:INODE START END. Deeper arrows stand
 * for requests that wait for other requests.
 */
static bool parse_line(const char *line, struct file_lock *lock)
{
	char type[8], start[21], end[21];
	int skip = 0;

	*lock = (struct file_lock){ 0 };
	if (sscanf(line, "%lu:%n", &lock->id, &skip) != 1 || !skip)
		return false;
	line += skip;
	line += strspn(line, " ");
	lock->waits = !strncmp(line, "->", 2);
	if (lock->waits)
		line += 2;
	if (sscanf(line, "%7s %*s %7s %d %39[0-9a-f:]", type, lock->mode,
		   &lock->pid, lock->device) != 4)
		return false;
	if (sscanf(line, "%*s %*s %*s %*d %*s %20s %20s", start, end) != 2)
		return false;
	lock->type = type_of(type);
	snprintf(lock->range, sizeof(lock->range), "%s %s", start, end);
	return true;
}

/* Moves the inode number from the end of @lock->device to @lock->ino. */
static bool split_device(struct file_lock *lock)
{
	char *colon = strrchr(lock->device, ':');

	if (!colon || sscanf(colon, ":%lu", &lock->ino) != 1)
		return false;
	*colon = '\0';
	return true;
}

int locks_parse(const char *text, struct file_locks *locks)
{
	struct file_lock parsed, *lock;
	const char *line;

	*locks = (struct file_locks){ 0 };
	for (line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!parse_line(line, &parsed) || !split_device(&parsed))
			continue;
		lock = array_add(&locks->list, &locks->count, sizeof(*lock));
		if (!lock)
			return -ENOMEM;
		*lock = parsed;
	}
	return 0;
}

void locks_free(struct file_locks *locks)
{
	free(locks->list);
	*locks = (struct file_locks){ 0 };
}

int locks_read(struct file_locks *locks)
{
	char *text = procfs_read_whole_file(AT_FDCWD, "/proc/locks");
	int error;

	*locks = (struct file_locks){ 0 };
	if (!text)
		return 0;
	error = locks_parse(text, locks);
	free(text);
	return error;
}

/* Returns the lock that @request waits for, in the end. It stands before it. */
static const struct file_lock *held_before(const struct file_locks *locks,
					   const struct file_lock *request)
{
	const struct file_lock *lock = request;

	while (lock > locks->list && lock->id == request->id && lock->waits)
		lock--;
	return lock->id == request->id && !lock->waits ? lock : NULL;
}

static bool is_request(const struct file_lock *lock, enum file_lock_type type,
		       uint32_t pid, uint64_t ino)
{
	int asked_by = type == FILE_LOCK_OFD ? -1 : (int)pid;

	return lock->waits && lock->type == type && lock->pid == asked_by &&
	       (!ino || lock->ino == ino);
}

const struct file_lock *locks_blocker(const struct file_locks *locks,
				      enum file_lock_type type, uint32_t pid,
				      uint64_t ino)
{
	const struct file_lock *found = NULL, *blocker;
	size_t i;

	for (i = 0; i < locks->count; i++) {
		if (!is_request(&locks->list[i], type, pid, ino))
			continue;
		blocker = held_before(locks, &locks->list[i]);
		if (found && blocker != found)
			return NULL;
		found = blocker;
	}
	return found;
}

static bool is_same(const struct file_lock *a, const struct file_lock *b)
{
	return a->type == b->type && a->pid == b->pid && a->ino == b->ino &&
	       !strcmp(a->device, b->device) && !strcmp(a->mode, b->mode) &&
	       !strcmp(a->range, b->range);
}

bool lock_is_shown(const struct file_lock *lock, const char *info)
{
	struct file_lock shown;
	const char *line;

	for (line = info; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, "lock:\t", 6) && parse_line(line + 6, &shown) &&
		    split_device(&shown) && is_same(&shown, lock))
			return true;
	}
	return false;
}
