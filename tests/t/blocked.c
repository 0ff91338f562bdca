// SPDX-License-Identifier: GPL-2.0
/* Prints the system call that each process that is given is blocked in. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "proc/blocked.h"
#include "proc/procfs.h"
#include "proc/task.h"

int main(int argc, char **argv)
{
	struct blocked blocked;
	struct task task;
	int i, dir;

	for (i = 1; i < argc; i++) {
		if (task_read((uint32_t)atoi(argv[i]), &task))
			return 1;
		dir = procfs_open(task.process.pid, task.start_ticks);
		blocked_read(dir, &task, &blocked);
		close(dir);
		task_clear(&task);
		puts(blocked.unread ? "unread" : blocked.syscall);
	}
	return 0;
}
