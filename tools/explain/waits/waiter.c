// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/waits/waiter.h"
#include "proc/procfs.h"

bool sleeps_in(const struct blocked *thread, const char *name)
{
	size_t len = strlen(name);

	/* "NAME.isra.0", for instance. */
	return !strncmp(thread->wchan, name, len) &&
	       (!thread->wchan[len] || thread->wchan[len] == '.');
}

bool waiter_link(const struct waiter *waiter, const struct blocked *thread,
		 unsigned int fd, char *link, size_t size)
{
	char path[64];

	if (waiter->dir < 0)
		return false;
	/* Not that of the leader, which may have ended before. */
	snprintf(path, sizeof(path), "task/%u/fd/%u", thread->tid, fd);
	return procfs_read_link(waiter->dir, path, link, size) &&
	       strlen(link) < size - 1;
}

bool link_number(const char *link, const char *type, uint64_t *number)
{
	size_t len = strlen(type);
	char *end;

	if (strncmp(link, type, len) || strncmp(link + len, ":[", 2))
		return false;
	*number = strtoull(link + len + 2, &end, 10);
	return end != link + len + 2 && !strcmp(end, "]");
}
