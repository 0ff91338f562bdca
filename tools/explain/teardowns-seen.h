/* SPDX-License-Identifier: GPL-2.0 */
/* The running teardowns, as /proc alone shows them: without the module. */
#ifndef NSORPHAN_TEARDOWNS_SEEN_H
#define NSORPHAN_TEARDOWNS_SEEN_H

struct teardowns;

/*
 * Adds the running teardowns to @teardowns, which is for teardowns_free() after a
 * failure, too; how long they wait is not known. Returns 0 or a negative errno.
 */
int teardowns_seen(struct teardowns *teardowns);

#endif
