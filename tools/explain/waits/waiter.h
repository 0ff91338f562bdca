/* SPDX-License-Identifier: GPL-2.0 */
/* What a thread of a waiting process is in, for several kinds of wait. */
#ifndef NSORPHAN_WAITER_H
#define NSORPHAN_WAITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/waits/waits.h"

/* Whether @thread sleeps in kernel function @name, or a copy of it. */
bool sleeps_in(const struct blocked *thread, const char *name);

/*
 * Reads the link of descriptor @fd of @thread of @waiter. Returns false where
 * it cannot be read, or @size is too small.
 */
bool waiter_link(const struct waiter *waiter, const struct blocked *thread,
		 unsigned int fd, char *link, size_t size);

/*
 * Reads the number from @link, "@type:[NUMBER]" as pipes and sockets have it.
 * Returns false where it is something else.
 */
bool link_number(const char *link, const char *type, uint64_t *number);

#endif
