/* SPDX-License-Identifier: GPL-2.0 */
/* Names of signals, and what they are sent for. */
#ifndef NSORPHAN_SIGNAL_NAME_H
#define NSORPHAN_SIGNAL_NAME_H

#include <stdbool.h>
#include <stdint.h>

/* Size of the longest name, its NUL included. */
#define SIGNAL_NAME_SIZE	24

/*
 * Writes the name of @signal to @name: "SIGTERM", "SIGRTMIN+3", or "signal 99"
 * where it has none. Returns @name.
 */
const char *signal_name(uint32_t signal, char name[SIGNAL_NAME_SIZE]);

/*
 * Returns the signal that @name stands for, as engines write it: "SIGTERM",
 * "TERM", "15", "SIGRTMIN+3"; 0 where there is none.
 */
uint32_t signal_number(const char *name);

/* Whether the default action of @signal is to terminate the process. */
bool signal_ends(uint32_t signal);

/*
 * Whether @signal is one that processes get all the time, and that means nothing
 * to those that watch them: SIGCHLD, SIGCONT and SIGURG.
 */
bool signal_is_daily(uint32_t signal);

/*
 * Whether @signal is sent to end a container or service, and for nothing else
 * (as SIGHUP is): SIGTERM, SIGINT, SIGQUIT, SIGPWR and SIGRTMIN+3.
 */
bool signal_asks_to_end(uint32_t signal);

#endif
