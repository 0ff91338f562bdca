// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/last-signal.h"
#include "explain/remedy.h"
#include "lib/signal-name.h"
#include "lib/util.h"
#include "proc/task.h"

bool remedy_spares(const struct task *task)
{
	/* The beginnings of their names; a name has at most 15 bytes. */
	static const char *const engines[] = {
		"systemd", "dockerd", "containerd", "crio", "conmon", "kubelet",
		"lxc-monitor", "lxd", "incusd", "podman",
	};
	size_t i;

	if (task->process.pid == 1 || task->kernel)
		return true;
	for (i = 0; i < ARRAY_SIZE(engines); i++)
		if (!strncmp(task->process.comm, engines[i],
			     strlen(engines[i])))
			return true;
	return false;
}

/* Whether a signal is pending that ends the process as soon as it runs. */
static bool is_ending(const struct task *task)
{
	uint64_t pending = task->pending & ~(task->blocked | task->ignored |
					     task->caught);
	uint32_t signal;

	if (!task->has_signals)
		return false;
	for (signal = 1; signal <= 64; signal++)
		if (task_mask_has(pending, signal) && signal_ends(signal))
			return true;
	return false;
}

/* Whether SIGTERM is to be tried: it ends the process, or was not tried yet. */
static bool is_asked_first(const struct task *task,
			   const struct history *history)
{
	struct last_signal sent;

	if (!task->has_signals || task_mask_has(task->ignored, SIGTERM) ||
	    task_mask_has(task->blocked, SIGTERM))
		return false;
	if (!task_mask_has(task->caught, SIGTERM))
		return !task_is_init(task);
	last_signal_find(history, &task->process, 0, &sent);
	return !sent.known;
}

char *remedy_end(const struct task *task, const struct history *history,
		 bool to_act)
{
	bool stopped = task->letter == 'T';
	uint32_t pid = task->process.pid;
	char *command;
	int n;

	if (stopped && (to_act || is_ending(task) || remedy_spares(task)))
		n = asprintf(&command, "kill -CONT %u", pid);
	else if (remedy_spares(task))
		return NULL;
	else if (!is_asked_first(task, history))
		n = asprintf(&command, "kill -KILL %u", pid);
	else if (stopped)
		n = asprintf(&command, "kill -TERM %u; kill -CONT %u", pid, pid);
	else
		n = asprintf(&command, "kill -TERM %u", pid);
	return n < 0 ? NULL : command;
}
