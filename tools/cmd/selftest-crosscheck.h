/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The module's parameter verify, set for the duration of a selftest: the module
 * then observes each reparenting at two hooks and counts where they disagree.
 */
#ifndef NSORPHAN_SELFTEST_CROSSCHECK_H
#define NSORPHAN_SELFTEST_CROSSCHECK_H

#include <sys/types.h>

struct crosscheck {
	pid_t	keeper;		/* the process that resets the parameter */
	int	fd;		/* write end of its pipe; closed: it acts */
};

/*
 * Sets verify until crosscheck_end(), or until this process ends in whatever
 * way. Returns 0 or a negative errno, then verify is as it was and there is
 * nothing to end. -EOPNOTSUPP: this kernel has a single hook.
 */
int crosscheck_begin(struct crosscheck *crosscheck);

/* Resets verify. Returns 0 or a negative errno: then it may still be set. */
int crosscheck_end(struct crosscheck *crosscheck);

#endif
