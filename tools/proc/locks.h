/* SPDX-License-Identifier: GPL-2.0 */
/* Locks of files, as /proc/locks and fdinfo show them: see proc_locks(5). */
#ifndef NSORPHAN_LOCKS_H
#define NSORPHAN_LOCKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum file_lock_type {
	FILE_LOCK_OTHER,		/* a lease, for instance */
	FILE_LOCK_FLOCK,
	FILE_LOCK_POSIX,		/* F_SETLK: of a process */
	FILE_LOCK_OFD,			/* F_OFD_SETLK: of an open file */
};

/* A lock that is held, or a request that waits for one. */
struct file_lock {
	uint64_t	id;		/* a lock and its waiters have one */
	bool		waits;
	enum file_lock_type type;
	int		pid;		/* who asked for it; -1: an OFD lock */
	char		mode[8];	/* "READ" or "WRITE" */
	char		device[40];	/* "08:01", in hexadecimal */
	uint64_t	ino;		/* of the file */
	char		range[48];	/* "0 EOF" */
};

struct file_locks {
	struct file_lock *list;
	size_t		count;
};

/*
 * Parses @text, lines of /proc/locks, into @locks, which locks_free() frees,
 * after a failure, too. Returns 0 or -ENOMEM; other lines are skipped.
 */
int locks_parse(const char *text, struct file_locks *locks);
void locks_free(struct file_locks *locks);

/* Reads all locks. Returns as locks_parse(); none where they cannot be read. */
int locks_read(struct file_locks *locks);

/*
 * Returns the lock that is held and blocks the request of type @type that
 * process @pid waits for, for a file of inode number @ino (0: any); NULL where
 * there is none, or more than one.
 */
const struct file_lock *locks_blocker(const struct file_locks *locks,
				      enum file_lock_type type, uint32_t pid,
				      uint64_t ino);

/* Whether @info, the text of a file in fdinfo, shows @lock as held. */
bool lock_is_shown(const struct file_lock *lock, const char *info);

#endif
