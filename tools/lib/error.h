/* SPDX-License-Identifier: GPL-2.0 */
/* Messages on standard error, one line each, and exit statuses. */
#ifndef NSORPHAN_ERROR_H
#define NSORPHAN_ERROR_H

#include <stdnoreturn.h>

#include "lib/util.h"

/*
 * Exit status of the tool. Functions that return a negative errno return int.
 */
enum exit_status {
	EXIT_STATUS_DONE	= 0,
	EXIT_STATUS_FAILED	= 1,
	EXIT_STATUS_USAGE	= 2,
	EXIT_STATUS_CRITICAL	= 2,	/* of check, as Nagios has it */
	EXIT_STATUS_UNKNOWN	= 3,	/* of check */
};

/*
 * Prints "nsorphan: MESSAGE" on standard error and adds the newline. Whatever
 * could confuse a terminal, as arguments may hold it, is escaped: see
 * utf8_escape().
 */
__printf(1, 2)
void error_print(const char *format, ...);

/* Prints "nsorphan @command: MESSAGE"; a NULL @command is left out. */
__printf(2, 3)
void error_print_of(const char *command, const char *format, ...);

/* Prints that there is no memory and exits with EXIT_STATUS_FAILED. */
noreturn void error_no_memory(void);

#endif
