/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The open descriptors of processes, by the links in /proc/PID/fd. No link is
 * followed: what a descriptor leads to is never opened, nor asked for anything.
 */
#ifndef NSORPHAN_DESCRIPTORS_H
#define NSORPHAN_DESCRIPTORS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct snapshot;
struct task;

/* Size of the longest link that is kept, "socket:[N]", and a NUL. */
#define DESCRIPTOR_LINK_SIZE	40

/* Size of the path of a file below /proc/PID, "task/TID/fdinfo/N". */
#define DESCRIPTOR_PATH_SIZE	64

/* An open descriptor. */
struct descriptor {
	const struct task *task;	/* of the snapshot */
	uint32_t	tid;		/* of a thread with it; 0: leader */
	uint32_t	number;
	char		link[DESCRIPTOR_LINK_SIZE];	/* where that is kept */
};

/* Those that a process may wait for; see descriptors_read(). */
struct descriptors;

/*
 * Reads the pipes, sockets, seccomp listeners and FUSE devices that the
 * processes of @snapshot, which has to outlive them, have open. Of processes
 * that cannot be read they are missing. Returns NULL when memory is short.
 */
struct descriptors *descriptors_read(const struct snapshot *snapshot);
void descriptors_free(struct descriptors *descriptors);

/*
 * Returns the first of the *@count descriptors whose link is @link; those of a
 * process are next to each other.
 */
const struct descriptor *descriptors_find(const struct descriptors *descriptors,
					  const char *link, size_t *count);

/*
 * What descriptors_walk() calls. @dir is of procfs_open() for @found->task, and
 * @link the whole link; @found->link is empty. A return value other than 0 ends
 * the walk.
 */
typedef int descriptors_call(const struct descriptor *found, const char *link,
			     int dir, void *context);

/*
 * Calls @call for each descriptor of @task, or of all processes of @snapshot.
 * Returns what it returned, or 0; what cannot be read is left out.
 */
int descriptors_walk_task(const struct task *task, descriptors_call *call,
			  void *context);
int descriptors_walk(const struct snapshot *snapshot, descriptors_call *call,
		     void *context);

/* Writes the path of file @name of the thread that has @descriptor to @path. */
void descriptor_path(const struct descriptor *descriptor, const char *name,
		     char path[DESCRIPTOR_PATH_SIZE]);

/*
 * Returns the text of the file in fdinfo, a string for free(), or NULL where it
 * cannot be read. @dir is of procfs_open() for descriptor->task.
 */
char *descriptor_info(const struct descriptor *descriptor, int dir);

/*
 * Returns how @descriptor, whose link is kept, is open: O_RDONLY, O_WRONLY,
 * O_RDWR, or O_ACCMODE for neither; or a negative errno: -ESRCH where it is
 * closed by now.
 */
int descriptor_access(const struct descriptor *descriptor);

/* What the text of a file in fdinfo tells. */
struct fdinfo {
	int		access;		/* as descriptor_access() */
	uint32_t	mnt_id;		/* as in mountinfo */
	uint64_t	ino;		/* 0: unknown, before Linux 5.14 */
};

/* Parses @text into @info. Returns 0, or -EPROTO where flags are missing. */
int fdinfo_parse(const char *text, struct fdinfo *info);

#endif
