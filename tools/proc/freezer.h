/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether a process is held by the freezer of its cgroup, as by docker pause.
 */
#ifndef NSORPHAN_FREEZER_H
#define NSORPHAN_FREEZER_H

enum frozen {
	FROZEN_NOT,	/* or unknown */
	FROZEN_V2,	/* by cgroup.freeze: SIGKILL still ends it */
	FROZEN_V1,	/* by freezer.state: SIGKILL does not end it */
};

/*
 * Returns what freezes the process of @dir, of procfs_open(); FROZEN_NOT where
 * @dir is negative.
 */
enum frozen freezer_of(int dir);

#endif
