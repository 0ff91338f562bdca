// SPDX-License-Identifier: GPL-2.0
/*
 * Prints what names_read() finds, without a process of its own, as a line
 * NAMESPACE/POD/NAME USER SIGNAL, with "-" for each that is missing, or "none".
 *
 * usage: names ID [USER [PID]]
 *
 * What stands for / is the folder $TEST_ROOT, and processes are those that
 * $TEST_TASKS lists, each as PID:PPID:UID:CONTAINER and a blank: linked with
 * -Wl,--wrap=engine_root,--wrap=task_read.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proc/engine-file.h"
#include "proc/names-read.h"
#include "proc/task.h"

const char *__wrap_engine_root(void);

const char *__wrap_engine_root(void)
{
	return getenv("TEST_ROOT");
}

int __wrap_task_read(unsigned int pid, struct task *task)
{
	const char *text = getenv("TEST_TASKS");
	char container[CONTAINER_SIZE];
	int len;

	*task = (struct task){ 0 };
	for (; text && *text; text += len) {
		if (sscanf(text, "%u:%u:%u:%255[^ ] %n", &task->process.pid,
			   &task->ppid, &task->process.uid, container,
			   &len) != 4)
			break;
		if (task->process.pid != pid)
			continue;
		if (strcmp(container, "-"))
			task->container = strdup(container);
		return 0;
	}
	return -ESRCH;
}

static const char *shown(const char *name)
{
	return *name ? name : "-";
}

int main(int argc, char **argv)
{
	struct container_names names;
	struct names_query query = {
		.id = argv[1],
		.user = argc > 2 ? (unsigned int)atoi(argv[2]) : 0,
		.pid = argc > 3 ? (unsigned int)atoi(argv[3]) : 0,
	};

	if (argc < 2)
		return 2;
	if (names_read(&query, &names))
		printf("%s/%s/%s %s %u\n", shown(names.pod_namespace),
		       shown(names.pod), shown(names.name), shown(names.user),
		       names.stop_signal);
	else
		printf("none\n");
	return 0;
}
