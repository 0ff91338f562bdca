/* SPDX-License-Identifier: GPL-2.0 */
/* The module's parameter verify, switched on while a selftest runs. */
#ifndef NSORPHAN_SELFTEST_VERIFY_H
#define NSORPHAN_SELFTEST_VERIFY_H

#include <sys/types.h>

/* Who switches it off again. */
struct verify {
	pid_t	keeper;
	int	leash;		/* when its last copy is closed, the keeper acts */
};

/*
 * Switches it on until verify_end(), or until this process ends, however it
 * does. Returns 0 or a negative errno: then it is as it was, and there is
 * nothing to end. -EOPNOTSUPP: this kernel has only one way in.
 */
int verify_begin(struct verify *verify);

/* Returns 0, or a negative errno: then it may still be on. */
int verify_end(struct verify *verify);

#endif
