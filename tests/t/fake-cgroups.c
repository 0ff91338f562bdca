// SPDX-License-Identifier: GPL-2.0
/*
 * Stands in for /proc/PID/cgroup, as on a host with cgroup v1: a process N
 * million is in the container whose id ends with N; below a million it is in
 * none, and from 1000 million on in one of the user 5, whose id ends with N -
 * 1000. Linked with -Wl,--wrap=procfs_read_cgroup.
 */
#include <stdio.h>

#include "proc/procfs.h"

bool __wrap_procfs_read_cgroup(const struct process *process, char *text,
			       size_t size);

bool __wrap_procfs_read_cgroup(const struct process *process, char *text,
			       size_t size)
{
	unsigned int container = process->pid / 1000000;

	if (container >= 1000)
		snprintf(text, size,
			 "4:pids:/user.slice/user-5.slice/user@5.service/libpod-%064x.scope\n0::/\n",
			 container - 1000);
	else if (container)
		snprintf(text, size, "4:pids:/docker/%064x\n0::/\n", container);
	else
		snprintf(text, size, "4:pids:/user.slice\n0::/\n");
	return true;
}
