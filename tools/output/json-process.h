/* SPDX-License-Identifier: GPL-2.0 */
/* A process in JSON. */
#ifndef NSORPHAN_JSON_PROCESS_H
#define NSORPHAN_JSON_PROCESS_H

#include "genl/event.h"
#include "lib/process.h"

/* Members of the open object. */
void json_process_members(const struct process *process);

/* A member that is an object; none where there is no @process. */
void json_process(const char *key, const struct process *process);

/* The same, cheaper where @process is the one of the last call for @role. */
void json_cached_process(const char *key, const struct process *process,
			 enum role role);

#endif
