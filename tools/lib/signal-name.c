// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "lib/signal-name.h"

/* Glibc keeps the first two of the kernel's for itself. */
#define RTMIN_OF_LIBC	34
#define SIGNAL_MAX	64

const char *signal_name(uint32_t signal, char name[SIGNAL_NAME_SIZE])
{
	const char *known = sigabbrev_np((int)signal);

	if (known)
		snprintf(name, SIGNAL_NAME_SIZE, "SIG%s", known);
	else if (signal == RTMIN_OF_LIBC)
		snprintf(name, SIGNAL_NAME_SIZE, "SIGRTMIN");
	else if (signal > RTMIN_OF_LIBC && signal <= SIGNAL_MAX)
		snprintf(name, SIGNAL_NAME_SIZE, "SIGRTMIN+%u",
			 signal - RTMIN_OF_LIBC);
	else
		snprintf(name, SIGNAL_NAME_SIZE, "signal %u", signal);
	return name;
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

bool signal_asks_to_end(uint32_t signal)
{
	switch (signal) {
	case SIGINT:
	case SIGPWR:
	case SIGQUIT:
	case SIGTERM:
	case RTMIN_OF_LIBC + 3:
		return true;
	default:
		return false;
	}
}
