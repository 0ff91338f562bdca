/* SPDX-License-Identifier: GPL-2.0 */
/* What the tool says on standard error: always one line. */
#ifndef NSORPHAN_MESSAGE_H
#define NSORPHAN_MESSAGE_H

#include "lib/util.h"

/* Exit status of the tool. Functions that return a negative errno return int. */
enum exit_status {
	EXIT_STATUS_DONE	= 0,
	EXIT_STATUS_FAILED	= 1,
	EXIT_STATUS_USAGE	= 2,
};

/*
 * "nsorphan: ..." on standard error, without the newline in @format. Control
 * characters and the like, which arguments may hold, are escaped.
 */
__printf(1, 2)
void error_print(const char *format, ...);

/* The same, as "nsorphan @command: ..."; a null @command is left out. */
__printf(2, 3)
void error_print_of(const char *command, const char *format, ...);

#endif
