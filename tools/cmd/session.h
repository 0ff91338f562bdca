/* SPDX-License-Identifier: GPL-2.0 */
/* How commands open the module and report failures. */
#ifndef NSORPHAN_SESSION_H
#define NSORPHAN_SESSION_H

#include <stdbool.h>

#include "lib/error.h"

struct client;

/*
 * Connects to the module. Returns a client for client_close(), or NULL once the
 * reason was printed on standard error: the command exits with EXIT_STATUS_FAILED.
 */
struct client *session_open(void);

/*
 * Prints what @error, a negative errno of genl/client.h, means; nothing for
 * -EINTR, as whoever sent the signal knows. Returns EXIT_STATUS_FAILED.
 */
enum exit_status session_failed(int error);

/*
 * Whether the tool runs in the initial pid namespace and sees its /proc, as
 * @command needs where it compares pids of /proc with those of events; if not,
 * that is printed.
 */
bool session_in_initial_pidns(const char *command);

#endif
