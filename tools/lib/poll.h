/* SPDX-License-Identifier: GPL-2.0 */
/* The one place where the tool sleeps, and where SIGINT and SIGTERM reach it. */
#ifndef NSORPHAN_WAIT_H
#define NSORPHAN_WAIT_H

#include <poll.h>
#include <stdbool.h>

/* At most so many descriptors may be waited for at once. */
#define POLL_MAX	3

/*
 * Blocks SIGINT and SIGTERM, so that nothing but poll_wait() is ended by them,
 * and ignores SIGPIPE, so that a write says EPIPE. Returns 0 or a negative
 * errno. After it, standard input, output and error are open descriptors.
 */
int poll_init(void);

/*
 * Sleeps until one of @count descriptors is ready, at most @timeout_ms (-1:
 * for ever, 0: not at all). Returns how many are, 0 when time is up, -EINTR
 * once SIGINT or SIGTERM came (from then on always), or a negative errno.
 */
int poll_wait(struct pollfd *fds, unsigned int count, int timeout_ms);

/*
 * Once SIGINT or SIGTERM came: poll_wait() works again, until the next one.
 * False where none came.
 */
bool poll_resume(void);

#endif
