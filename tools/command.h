/* SPDX-License-Identifier: GPL-2.0 */
/* A command of the tool: nsorphan NAME. */
#ifndef NSORPHAN_COMMAND_H
#define NSORPHAN_COMMAND_H

#include "lib/error.h"

struct options;

struct command {
	const char	*name;
	const char	*summary;	/* its line in the list of commands */
	const char	*help;		/* whole lines: what it does */
	unsigned int	options;	/* that it accepts: OPTIONS_* */
	enum exit_status failed;	/* where nothing can be said; or 0 */

	/* Has committed its output when it returns. */
	enum exit_status (*run)(const struct options *options);
};

static inline enum exit_status command_failed(const struct command *command)
{
	return command->failed ? command->failed : EXIT_STATUS_FAILED;
}

extern const struct command command_watch, command_log, command_status,
			    command_selftest, command_explain, command_tree,
			    command_teardowns, command_signals, command_stops,
			    command_list, command_check;

#endif
