/* SPDX-License-Identifier: GPL-2.0 */
/* Processes in JSON. */
#ifndef NSORPHAN_JSON_PROCESS_H
#define NSORPHAN_JSON_PROCESS_H

#include "genl/event.h"
#include "lib/process.h"

/* Adds the members of a process to the open object. */
void json_process_members(const struct process *process);

/* Adds @process as a member that is an object; nothing where has is 0. */
void json_process(const char *key, const struct process *process);

/* The same, cheaper where @process equals that of the last call for @role. */
void json_cached_process(const char *key, const struct process *process,
			 enum role role);

#endif
