/* SPDX-License-Identifier: GPL-2.0 */
/* Signals: their names, and what they are sent for. */
#ifndef NSORPHAN_SIGNAME_H
#define NSORPHAN_SIGNAME_H

#include <stdbool.h>
#include <stdint.h>

/* Room for the longest name, with its NUL. */
#define SIGNAL_NAME_SIZE	24

/* SIGTERM, SIGRTMIN+3, or "signal NUMBER". Returns @name. */
const char *signal_name(uint32_t signal, char name[SIGNAL_NAME_SIZE]);

/* What a process does not survive unless it handles, ignores or blocks it. */
bool signal_ends(uint32_t signal);

/*
 * What is sent to end a container or a service, and not also for other ends
 * (as SIGHUP is): SIGTERM, SIGINT, SIGQUIT, SIGPWR and SIGRTMIN+3.
 */
bool signal_asks_to_end(uint32_t signal);

#endif
