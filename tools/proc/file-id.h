/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which file a descriptor stands for, so that those of processes in different
 * mount namespaces can be compared, without a look at the file itself: it may
 * be on a file system that does not answer.
 */
#ifndef NSORPHAN_FILE_ID_H
#define NSORPHAN_FILE_ID_H

#include <stdbool.h>
#include <stdint.h>

#include "proc/descriptors.h"

/* A file; zeroed: none. */
struct file_id {
	uint32_t	mnt_id;
	uint64_t	ino;		/* 0: unknown */
	char		*link;		/* of the descriptor, in /proc/PID/fd */
	/* Its device, and path in that file system; NULL: unknown. */
	char		*place;
};

/*
 * Reads the @id, which file_id_clear() frees, of the file that @descriptor, of
 * the process that @dir is of procfs_open() for, has open; @link and @info are
 * its link and what fdinfo tells. Returns 0 or -ENOMEM.
 */
int file_id_read(const struct descriptor *descriptor, const char *link,
		 const struct fdinfo *info, int dir, struct file_id *id);
void file_id_clear(struct file_id *id);

/* Whether @a and @b surely are the same file. */
bool file_id_same(const struct file_id *a, const struct file_id *b);

#endif
