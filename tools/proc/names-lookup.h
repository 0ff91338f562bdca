/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looks up the names of containers in a process of its own, since reading
 * engines' files may hang. The process is killed at the deadline, and left
 * behind where not even SIGKILL ends it.
 */
#ifndef NSORPHAN_NAMES_LOOKUP_H
#define NSORPHAN_NAMES_LOOKUP_H

#include <stddef.h>

#include "proc/container-names.h"

/* Time that the look-up of one container may take. */
#define NAMES_LOOKUP_MS		500

/* Maximum number of processes that are left behind at a time. */
#define NAMES_LEFT_MAX		8

/*
 * Does what names_read() does, for @count @queries in their order. Writes names
 * of queries[i] to names[i], empty ones where there are none. Returns the number
 * of queries that were answered. Where these are not all, *@error is a negative
 * errno: -ETIMEDOUT at the deadline for the query that follows, -EINTR once
 * SIGINT or SIGTERM was received (see lib/poll.h), -EBUSY where NAMES_LEFT_MAX
 * processes were left behind and have not ended, -EPROTO where the process
 * failed.
 */
size_t names_lookup(const struct names_query *queries, size_t count,
		    struct container_names *names, int *error);

#endif
