/* SPDX-License-Identifier: GPL-2.0 */
/* Who sent a signal to a container, and on whose behalf. */
#ifndef NSORPHAN_ORIGIN_H
#define NSORPHAN_ORIGIN_H

#include <stdbool.h>

#include "genl/life.h"

struct strbuf;

/*
 * Appends who sent @sent: "runc 301 (containerd-shim, docker.service)" for a
 * service's process, with its parent; "kill 900 (session-3.scope, uid 1000)"
 * for a user's; "the kernel", with the cause, for the rest. Names may hold any
 * bytes.
 */
void origin_append(struct strbuf *text, const struct outside_signal *sent);

/*
 * Returns what origin_append() appends, for free(). Ends the program where
 * memory is short.
 */
char *origin_text(const struct outside_signal *sent);

/* Whether a part of a container engine sent @sent. */
bool origin_is_engine(const struct outside_signal *sent);

/*
 * Appends where to read on whose order a service's process sent @sent: "docker
 * events", "podman events" or "journalctl -u UNIT". Returns false, and appends
 * nothing, where a user sent it, or the kernel.
 */
bool origin_append_log(struct strbuf *text, const struct outside_signal *sent);

#endif
