/* SPDX-License-Identifier: GPL-2.0 */
/* Opens the module for commands, and reports why it cannot. */
#ifndef NSORPHAN_SESSION_H
#define NSORPHAN_SESSION_H

#include <stdbool.h>

#include "lib/error.h"

struct client;

/*
 * Connects to the module. Returns a client for client_close(), or NULL after an
 * error message; the command then returns EXIT_STATUS_FAILED.
 */
struct client *session_open(void);

/*
 * Prints what @error, a negative errno of genl/client.h, means. Prints nothing
 * for -EINTR: the user sent the signal. Returns EXIT_STATUS_FAILED.
 */
enum exit_status session_failed(int error);

/*
 * Returns whether the tool runs in the initial pid namespace and sees its /proc,
 * which @command compares with the pids in events. Else prints an error message.
 */
bool session_in_initial_pidns(const char *command);

#endif
