/* SPDX-License-Identifier: GPL-2.0 */
/* Signals: their names, what they are sent for, and which was sent last. */
#ifndef NSORPHAN_SIGNALS_H
#define NSORPHAN_SIGNALS_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"

struct history;

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

/* A signal that a process was sent. */
struct sent {
	bool		known;		/* there was one, and it is recorded */
	uint32_t	signal;
	enum signal_result result;
	uint64_t	boot_ns;
	struct process	sender;		/* has is 0: the kernel */
};

/*
 * The last signal recorded that asked @target to end, not before @since_ns; or
 * where there is none, the last that ends a process. Where the kernel sent it
 * (a key on a terminal), it does not count.
 */
void signals_of(const struct history *history, const struct process *target,
		uint64_t since_ns, struct sent *sent);

#endif
