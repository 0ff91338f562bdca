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

	/* Has committed its output when it returns. */
	enum exit_status (*run)(const struct options *options);
};

extern const struct command command_watch, command_log, command_status,
			    command_selftest, command_explain, command_tree,
			    command_teardowns, command_signals, command_stops,
			    command_list;

#endif
