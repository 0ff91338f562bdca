/* SPDX-License-Identifier: GPL-2.0 */
/* Mounts, as mountinfo of a mount namespace shows them. */
#ifndef NSORPHAN_MOUNTS_H
#define NSORPHAN_MOUNTS_H

#include <stddef.h>
#include <stdint.h>

struct mount {
	uint32_t	id;		/* mnt_id in fdinfo */
	uint32_t	major;		/* of the device number of its super block */
	uint32_t	minor;
	char		*root;		/* folder of the file system that is mounted */
	char		*path;		/* where, without escapes */
	char		*type;		/* "ext4" */
	char		*source;	/* "/dev/vda1", "server:/export" */
	char		*options;	/* of the super block */
};

/* In the order of mountinfo: what is mounted over another mount follows it. */
struct mounts {
	struct mount	*list;
	size_t		count;
};

/*
 * Reads the file @name below @dir (or AT_FDCWD), a mountinfo. Leaves out lines
 * that are wrong, and all where it cannot be read or memory is short. mounts_free()
 * frees @mounts.
 */
void mounts_read(int dir, const char *name, struct mounts *mounts);
void mounts_free(struct mounts *mounts);

/* Returns mount @id, or NULL. */
const struct mount *mounts_find(const struct mounts *mounts, uint32_t id);

/* Returns the mount that the absolute @path lies on, or NULL. */
const struct mount *mounts_of_path(const struct mounts *mounts,
				   const char *path);

#endif
