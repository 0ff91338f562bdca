/* SPDX-License-Identifier: GPL-2.0 */
/* Which end of a pipe or FIFO a thread is blocked at. */
#ifndef NSORPHAN_PIPE_WAIT_H
#define NSORPHAN_PIPE_WAIT_H

#include <stdbool.h>

#include "explain/waits/waits.h"

struct pipe_wait {
	unsigned int	fd;		/* descriptor that it waits on */
	bool		writes;		/* it waits for room, not for data */
	bool		surely;		/* in a pipe, as the kernel tells */
};

/*
 * Finds what @thread waits for if its system call, and the kernel function that
 * it sleeps in, may be those of a wait for a pipe. Returns false otherwise.
 */
bool pipe_wait_find(const struct blocked *thread, struct pipe_wait *wait);

/* Whether @access, of a descriptor, is for reading, or writing (@writes). */
bool pipe_end_is(int access, bool writes);

#endif
