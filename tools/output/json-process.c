// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "output/json-process.h"
#include "output/json-writer.h"

void json_process_members(const struct process *process)
{
	json_number("pid", process->pid);
	json_number("ns_pid", process->ns_pid);
	json_number("pidns", process->pidns);
	json_string("comm", process->comm);
	json_number("start_ns", process->start_ns);
	json_number("uid", process->uid);
	if (process_has(process, NSORPHAN_A_PROCESS_STATE))
		json_word("state", event_state_name(process->state));
	if (process_has(process, NSORPHAN_A_PROCESS_TID))
		json_number("tid", process->tid);
	if (process_has(process, NSORPHAN_A_PROCESS_EXIT_CODE))
		json_number("exit_code", process->exit_code);
	if (process_has(process, NSORPHAN_A_PROCESS_EXIT_SIGNAL))
		json_number("exit_signal", process->exit_signal);
	if (process_has(process, NSORPHAN_A_PROCESS_THREAD_STATE))
		json_word("thread_state",
			  event_state_name(process->thread_state));
}

void json_process(const char *key, const struct process *process)
{
	if (!process->has)
		return;
	json_open_map(key);
	json_process_members(process);
	json_close_map();
}

/*
 * A dying parent may leave many children, all to the same new parent: most
 * processes of an event are those of the event before.
 */
void json_cached_process(const char *key, const struct process *process,
			 enum role role)
{
	static struct {
		struct process process;
		struct json_object object;
	} cache[ROLES], *cached;

	if (!process->has)
		return;
	cached = &cache[role];
	if (memcmp(&cached->process, process, sizeof(*process))) {
		cached->process = *process;
		json_begin_object(&cached->object);
		json_process_members(process);
		json_end_object();
	}
	json_object(key, &cached->object);
}
