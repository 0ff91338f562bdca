// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the system call that each process that is given is blocked in; of those
 * behind "compat", as a 32-bit one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "proc/blocked.h"
#include "proc/procfs.h"
#include "proc/task.h"

int main(int argc, char **argv)
{
	struct blocked_threads threads;
	bool compat = false;
	struct task task;
	int i, dir;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "compat")) {
			compat = true;
			continue;
		}
		if (task_read((uint32_t)atoi(argv[i]), &task))
			return 1;
		dir = procfs_open(task.process.pid, task.start_ticks);
		if (blocked_read(dir, &task, compat, &threads))
			return 1;
		close(dir);
		puts(threads.list[0].unread ? "unread" :
					      threads.list[0].syscall);
		blocked_free(&threads);
		task_clear(&task);
	}
	return 0;
}
