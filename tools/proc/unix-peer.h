/* SPDX-License-Identifier: GPL-2.0 */
/* Who is on the other side of a unix socket: sock_diag(7). */
#ifndef NSORPHAN_UNIX_PEER_H
#define NSORPHAN_UNIX_PEER_H

#include <stdbool.h>
#include <stdint.h>

/* The other side. */
struct unix_peer {
	uint32_t	ino;		/* inode number: "socket:[INO]" */
	bool		listens;	/* has not accepted it yet */
};

/*
 * Finds the @peer of unix socket @ino of the process that @dir is of
 * procfs_open() for: in its network namespace, or else in that of this process,
 * which changes its own for a moment. Returns 0 or a negative errno: -ENOENT
 * where there is no such unix socket, or no peer.
 */
int unix_peer_find(int dir, uint32_t ino, struct unix_peer *peer);

#endif
