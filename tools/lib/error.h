/* SPDX-License-Identifier: GPL-2.0 */
/* What the tool says on standard error: always one line. */
#ifndef NSORPHAN_MESSAGE_H
#define NSORPHAN_MESSAGE_H

#include "lib/util.h"

/* Exit status of every command. */
enum {
	STATUS_DONE	= 0,
	STATUS_FAILED	= 1,
	STATUS_USAGE	= 2,
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
