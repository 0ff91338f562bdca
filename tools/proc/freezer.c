// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <string.h>

#include "proc/cgroup.h"
#include "proc/freezer.h"
#include "proc/procfs.h"

/* Whether the file @name of the cgroup of @line contains @word. */
static bool file_contains(const struct cgroup_line *line, const char *name,
			  const char *word)
{
	char text[256];

	return cgroup_read_file(line, name, text, sizeof(text)) > 0 &&
	       strstr(text, word);
}

enum frozen freezer_of(int dir)
{
	struct cgroup_line line;
	const char *next;
	char text[8192];

	if (procfs_read_file(dir, "cgroup", text, sizeof(text)) < 0)
		return FROZEN_NOT;
	for (next = text; (next = cgroup_next_line(next, &line)); ) {
		if (!line.controllers_len &&
		    file_contains(&line, "cgroup.events", "frozen 1"))
			return FROZEN_V2;
		/* FROZEN or FREEZING. */
		if (cgroup_line_has(&line, "freezer") &&
		    file_contains(&line, "freezer.state", "FR"))
			return FROZEN_V1;
	}
	return FROZEN_NOT;
}
