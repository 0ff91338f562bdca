/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Waiting: the only place where the tool sleeps, and where SIGINT and SIGTERM
 * take effect.
 */
#ifndef NSORPHAN_POLL_H
#define NSORPHAN_POLL_H

#include <poll.h>
#include <stdbool.h>

/* Maximum number of descriptors for poll_wait(). */
#define POLL_MAX	3

/*
 * Blocks SIGINT and SIGTERM, so that they interrupt only poll_wait(), and
 * ignores SIGPIPE, so that write() fails with EPIPE. Call it once, after
 * standard input, output and error are open. Returns 0 or a negative errno.
 */
int poll_init(void);

/*
 * Sleeps until one of the @count descriptors in @fds is ready, at most
 * @timeout_ms milliseconds (-1: without limit, 0: not at all). Returns the
 * number of ready descriptors, 0 on a time-out, or a negative errno: -EINTR
 * once SIGINT or SIGTERM was received, and on every later call until
 * poll_resume().
 */
int poll_wait(struct pollfd *fds, unsigned int count, int timeout_ms);

/*
 * Consumes received SIGINT and SIGTERM, so that poll_wait() works again until
 * the next one. Returns whether there was one.
 */
bool poll_resume(void);

#endif
