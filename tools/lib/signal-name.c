// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <string.h>

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
	case LIBC_SIGRTMIN + 3:
		return true;
	default:
		return false;
	}
}
