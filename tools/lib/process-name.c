// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "lib/process-name.h"

const char *process_name(const struct process *process,
			 char name[PROCESS_NAME_SIZE])
{
	size_t len = strlen(process->comm);

	memcpy(name, process->comm, len);
	name[len++] = ' ';
	len += decimal(process->pid, name + len);
	if (process->ns_pid && process->ns_pid != process->pid) {
		name[len++] = '/';
		len += decimal(process->ns_pid, name + len);
	}
	name[len] = '\0';
	return name;
}
