/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether a process is held by the freezer of its cgroup, as by docker pause.
 */
#ifndef NSORPHAN_FREEZER_H
#define NSORPHAN_FREEZER_H

#include <stdbool.h>

enum frozen {
	FROZEN_NOT,	/* or unknown */
	FROZEN_V2,	/* by cgroup.freeze: SIGKILL still ends it */
	FROZEN_V1,	/* by freezer.state: SIGKILL does not end it */
};

struct freezer {
	enum frozen	frozen;
	bool		partly;		/* not all of the cgroup is frozen yet */
	char		*cgroup;	/* path, in its hierarchy; or NULL */
	char		*file;		/* that thaws it, see freezer_word(); or NULL */
};

/*
 * Finds what freezes the process of @dir, of procfs_open(): nothing where @dir is
 * negative, or memory is short. freezer_free() frees @freezer.
 */
void freezer_find(int dir, struct freezer *freezer);
void freezer_free(struct freezer *freezer);

/* What has to be written to the file to thaw the cgroup. */
static inline const char *freezer_word(const struct freezer *freezer)
{
	return freezer->frozen == FROZEN_V1 ? "THAWED" : "0";
}

#endif
