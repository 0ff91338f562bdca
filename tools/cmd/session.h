/* SPDX-License-Identifier: GPL-2.0 */
/* Opens the module for commands, and reports why it cannot. */
#ifndef NSORPHAN_SESSION_H
#define NSORPHAN_SESSION_H

#include <stdbool.h>

#include "lib/error.h"

struct client;
struct status;

/*
 * Connects to the module. Returns a client for client_close(), or NULL after an
 * error message; the command then returns EXIT_STATUS_FAILED. Warns if the module is
 * blind.
 */
struct client *session_open(void);

/* The same for a command that reads the status itself. */
struct client *session_open_unchecked(void);

/*
 * session_open() for a command that does without the module, too: sets *@client to
 * NULL where it is not loaded, and says that @unknown, a clause without its end, "is"
 * not known then. Returns false after an error message; so it does where others'
 * processes cannot be read whole, if @reads_all is set.
 */
bool session_open_or_warn(const char *unknown, bool reads_all,
			  struct client **client);

/*
 * session_open() without an error message: returns 0, or a negative errno of
 * genl/client.h.
 */
int session_connect(struct client **client);

/* Warns once if @status says that the module is blind. */
void session_warn_blind(const struct status *status);

/*
 * Prints what @error, a negative errno of genl/client.h, means. Prints nothing
 * for -EINTR: the user sent the signal. Returns EXIT_STATUS_FAILED.
 */
enum exit_status session_failed(int error);

/*
 * Returns whether the tool runs in the initial pid namespace and sees its /proc,
 * which @command compares with the pids in events, and joins the initial cgroup
 * namespace. Else prints an error message.
 */
bool session_in_initial_pidns(const char *command);

/* Says which files could not be read in time, as reading.h has it. */
void session_unread(const char *command);

#endif
