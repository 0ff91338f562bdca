// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explain/step.h"
#include "genl/client.h"
#include "genl/event.h"
#include "genl/life.h"
#include "proc/cgroup.h"

/* Whether main may have been a step: it ended well, and nobody asked it to. */
static bool may_be_step(const struct life *life)
{
	return life->end_ns && !life->pidns && !life->nr_signals &&
	       !life->main.exit_signal && !life->main.exit_code;
}

/* Whether the cgroup of @life is still there. */
static bool has_cgroup(const struct life *life)
{
	const char *controllers = life->hierarchy == NSORPHAN_HIERARCHY_V2 ? "" :
				  event_hierarchy_name(life->hierarchy);
	struct cgroup_line line = {
		.controllers = controllers,
		.controllers_len = controllers ? strlen(controllers) : 0,
		.path = life->path,
		.path_len = strlen(life->path),
	};
	char *file;
	bool has;

	/* Of a long path the end is known. */
	if (!controllers || life->path[0] != '/')
		return false;
	file = cgroup_file(&line, "cgroup.procs");
	has = file && !access(file, F_OK);
	free(file);
	return has;
}

int step_find(struct client *client, const struct lives *lives,
	      const struct life *life, bool *is_step)
{
	struct thread_filter inside = {
		.container = life->cgroup,
		.hierarchy = life->hierarchy,
	};
	struct threads threads = { .count = 0 };
	const struct process *process;
	int error;
	size_t i;

	*is_step = false;
	if (!may_be_step(life) || !has_cgroup(life) ||
	    lives_restarted(lives, life))
		return 0;
	error = client_threads(client, &inside, &threads);
	for (i = 0; !error && i < threads.count; i++) {
		process = &threads.list[i].process;
		*is_step |= process->ns_pid == 1 &&
			    process->pidns != life->main.pidns;
	}
	threads_free(&threads);
	return error;
}
