// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/signal-name.h"

/* SIGRTMIN of glibc, which reserves the kernel's first two: 32 and 33. */
#define LIBC_SIGRTMIN	34
#define SIGNAL_MAX	64

const char *signal_name(uint32_t signal, char name[SIGNAL_NAME_SIZE])
{
	const char *known = sigabbrev_np((int)signal);

	if (known)
		snprintf(name, SIGNAL_NAME_SIZE, "SIG%s", known);
	else if (signal == LIBC_SIGRTMIN)
		snprintf(name, SIGNAL_NAME_SIZE, "SIGRTMIN");
	else if (signal > LIBC_SIGRTMIN && signal <= SIGNAL_MAX)
		snprintf(name, SIGNAL_NAME_SIZE, "SIGRTMIN+%u",
			 signal - LIBC_SIGRTMIN);
	else
		snprintf(name, SIGNAL_NAME_SIZE, "signal %u", signal);
	return name;
}

uint32_t signal_number(const char *name)
{
	char known[SIGNAL_NAME_SIZE];
	uint32_t signal;
	char *end;

	signal = (uint32_t)strtoul(name, &end, 10);
	if (end != name)
		return *end || signal > SIGNAL_MAX ? 0 : signal;
	if (!strncasecmp(name, "SIG", 3))
		name += 3;
	for (signal = 1; signal <= SIGNAL_MAX; signal++)
		if (!strcasecmp(signal_name(signal, known) + 3, name) &&
		    !strncmp(known, "SIG", 3))
			return signal;
	return 0;
}

bool signal_ends(uint32_t signal)
{
	switch (signal) {
	case 0:
	case SIGCHLD:
	case SIGCONT:
	case SIGSTOP:
	case SIGTSTP:
	case SIGTTIN:
	case SIGTTOU:
	case SIGURG:
	case SIGWINCH:
		return false;
	default:
		return signal <= SIGNAL_MAX;
	}
}

bool signal_is_daily(uint32_t signal)
{
	return signal == SIGCHLD || signal == SIGCONT || signal == SIGURG;
}

bool signal_asks_to_end(uint32_t signal)
{
	switch (signal) {
	case SIGINT:
	case SIGPWR:
	case SIGQUIT:
	case SIGTERM:
	case LIBC_SIGRTMIN + 3:
		return true;
	default:
		return false;
	}
}
