/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs a command in a process of its own, the worker, which may hang for ever,
 * where even SIGKILL does not end it, in reading what a stuck process holds:
 * then it is left behind, and another one does without that file.
 */
#ifndef NSORPHAN_WORKER_H
#define NSORPHAN_WORKER_H

#include "command.h"

/*
 * Does what command->run() does. Output appears when the worker has ended, so it
 * is not for a command that goes on. May sleep.
 */
enum exit_status worker_run(const struct command *command,
			    const struct options *options);

#endif
