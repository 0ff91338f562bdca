/* SPDX-License-Identifier: GPL-2.0 */
/* Processes that a cgroup holds frozen, as docker pause does. */
#ifndef NSORPHAN_FREEZER_H
#define NSORPHAN_FREEZER_H

enum frozen {
	FROZEN_NOT,	/* or it could not be read */
	FROZEN_V2,	/* SIGKILL ends it all the same */
	FROZEN_V1,	/* it does not */
};

/* @dir is what procfs_open() gave for a process; negative: unread. */
enum frozen freezer_of(int dir);

#endif
