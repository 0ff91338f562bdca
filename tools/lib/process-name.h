/* SPDX-License-Identifier: GPL-2.0 */
/* Processes as people name them. */
#ifndef NSORPHAN_PROCESS_NAME_H
#define NSORPHAN_PROCESS_NAME_H

#include "lib/decimal.h"
#include "lib/process.h"

/* Size of the longest name, its NUL included. */
#define PROCESS_NAME_SIZE	(COMM_MAX + 2 * (1 + DECIMAL_MAX))

/*
 * Writes "COMM PID", or "COMM PID/NS-PID" where the process has another number
 * in its own pid namespace. COMM may hold any bytes. Returns @name.
 */
const char *process_name(const struct process *process,
			 char name[PROCESS_NAME_SIZE]);

#endif
