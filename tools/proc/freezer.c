// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "proc/cgroup.h"
#include "proc/freezer.h"

/* Whether the file @name of the cgroup of @line contains @word. */
static bool file_contains(const struct cgroup_line *line, const char *name,
			  const char *word)
{
	char text[256];

	return cgroup_read_file(line, name, text, sizeof(text)) > 0 &&
	       strstr(text, word);
}

static void take(const struct cgroup_line *line, enum frozen frozen,
		 bool partly, struct freezer *freezer)
{
	bool v2 = frozen == FROZEN_V2;

	freezer_free(freezer);
	freezer->frozen = frozen;
	freezer->partly = partly;
	freezer->cgroup = strndup(line->path, line->path_len);
	freezer->file = cgroup_file(line, v2 ? "cgroup.freeze" :
					       "freezer.state");
}

/*
 * On v2 the cgroup counts that is asked to be frozen; on v1, where those below
 * have the same state, the outermost one.
 */
static int take_if_frozen(const struct cgroup_line *line, void *context)
{
	struct freezer *freezer = context;

	if (!cgroup_line_is_v2(line)) {
		/* FROZEN or FREEZING. */
		if (file_contains(line, "freezer.state", "FR"))
			take(line, FROZEN_V1, file_contains(line, "freezer.state",
							    "FREEZING"), freezer);
		return 0;
	}
	if (!file_contains(line, "cgroup.freeze", "1"))
		return 0;
	take(line, FROZEN_V2, !file_contains(line, "cgroup.events", "frozen 1"),
	     freezer);
	return 1;
}

void freezer_find(int dir, struct freezer *freezer)
{
	*freezer = (struct freezer){ .frozen = FROZEN_NOT };
	if (dir >= 0)
		cgroup_walk_up(dir, "freezer", take_if_frozen, freezer);
}

void freezer_free(struct freezer *freezer)
{
	free(freezer->cgroup);
	free(freezer->file);
	*freezer = (struct freezer){ .frozen = FROZEN_NOT };
}
