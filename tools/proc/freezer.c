// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "proc/freezer.h"
#include "proc/procfs.h"
#include "proc/task.h"

/* Whether the file @name of the cgroup @path (not ending with a NUL) has @word. */
static bool cgroup_says(const char *mount, const char *path, size_t len,
			const char *name, const char *word)
{
	char file[PATH_MAX], text[256];
	int n;

	n = snprintf(file, sizeof(file), "%s%.*s/%s", mount, (int)len, path,
		     name);
	if (n < 0 || (size_t)n >= sizeof(file))
		return false;
	return procfs_read_file(AT_FDCWD, file, text, sizeof(text)) > 0 &&
	       strstr(text, word);
}

enum frozen freezer_of(int dir)
{
	enum frozen frozen = FROZEN_NOT;
	char text[8192], *line, *path, *end;
	size_t len;

	if (procfs_read_file(dir, "cgroup", text, sizeof(text)) < 0)
		return FROZEN_NOT;
	/* NUMBER:CONTROLLERS:PATH; 0 and no controllers are v2. */
	for (line = text; *line && !frozen; line = end + (*end == '\n')) {
		end = line + strcspn(line, "\n");
		path = memchr(line, '/', (size_t)(end - line));
		if (!path)
			continue;
		len = (size_t)(end - path);
		if (!strncmp(line, "0::", 3) &&
		    (cgroup_says("/sys/fs/cgroup", path, len, "cgroup.events",
				 "frozen 1") ||
		     cgroup_says("/sys/fs/cgroup/unified", path, len,
				 "cgroup.events", "frozen 1")))
			frozen = FROZEN_V2;
		else if (memmem(line, (size_t)(path - line), ":freezer:", 9) &&
			 cgroup_says("/sys/fs/cgroup/freezer", path, len,
				     "freezer.state", "FR"))
			frozen = FROZEN_V1;
	}
	return frozen;
}
