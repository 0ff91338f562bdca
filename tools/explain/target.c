// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proc/container.h"
#include "genl/history.h"
#include "lib/error.h"
#include "proc/procfs.h"
#include "explain/target.h"
#include "proc/snapshot.h"

static const char pidns_prefix[] = "pidns:";

/* Of many candidates so many are listed. */
#define LISTED_MAX	8

struct candidates {
	char		list[LISTED_MAX * (CONTAINER_SIZE + 2) + 16];
	size_t		count;
};

static void add_candidate(struct candidates *candidates, const char *name)
{
	size_t len = strlen(candidates->list);

	if (candidates->count++ < LISTED_MAX)
		snprintf(candidates->list + len, sizeof(candidates->list) - len,
			 "%s%s", len ? ", " : "", name);
	else if (candidates->count == LISTED_MAX + 1)
		snprintf(candidates->list + len, sizeof(candidates->list) - len,
			 ", ...");
}

/* Digits and nothing else, of a number up to @max that is not 0. */
static bool parse_number(const char *text, uint64_t max, uint32_t *number)
{
	unsigned long long wide;
	char *end;

	errno = 0;
	wide = strtoull(text, &end, 10);
	*number = (uint32_t)wide;
	return isdigit((unsigned char)*text) && !*end && !errno && wide &&
	       wide <= max;
}

uint32_t target_pid(const char *text)
{
	uint32_t pid;

	return parse_number(text, INT32_MAX, &pid) ? pid : 0;
}

static bool is_pidns(const char *text)
{
	return !strncmp(text, pidns_prefix, strlen(pidns_prefix));
}

uint32_t target_pidns(const char *text)
{
	uint32_t inum;

	return is_pidns(text) && parse_number(text + strlen(pidns_prefix),
					      UINT32_MAX, &inum) ? inum : 0;
}

/* 1 where @text is pidns:INUM, 0 where it is not meant so, -1: wrong. */
static int parse_pidns(const char *command, const char *text, uint32_t *inum)
{
	if (!is_pidns(text))
		return 0;
	*inum = target_pidns(text);
	if (*inum)
		return 1;
	error_print_of(command,
		   "'%s' is no pid namespace: try pidns:INUM, as in /proc/PID/ns/pid",
		   text);
	return -1;
}

static void set_process(const struct task *task, struct target *target)
{
	target->pid = task->process.pid;
	target->start_ticks = task->start_ticks;
	target->pidns = task->process.pidns;
	target->kind = target->pidns == PROCFS_PIDNS_INITIAL ? TARGET_PROCESS
							   : TARGET_PIDNS;
}

static enum target_found find_pidns(const char *command, uint32_t inum,
				    const struct snapshot *snapshot,
				    struct target *target)
{
	size_t i;

	target->pidns = inum;
	if (inum == PROCFS_PIDNS_INITIAL) {
		error_print_of(command,
			   "pidns:%u is the initial pid namespace: it ends with the machine; name a process",
			   inum);
		return TARGET_WRONG;
	}
	for (i = 0; i < snapshot->count; i++)
		if (snapshot->list[i].process.pidns == inum)
			return TARGET_FOUND;
	return TARGET_RECORDED;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * The name of the one container that @text is, or is the beginning of. NULL,
 * and the candidates, where it is not one.
 */
static const char *find_container(const char *text, const struct snapshot *snapshot,
				  struct candidates *candidates)
{
	const char **names = calloc(snapshot->count + 1, sizeof(*names));
	const char *found = NULL;
	size_t count = 0, i;

	for (i = 0; names && i < snapshot->count; i++)
		if (snapshot->list[i].container &&
		    !strncmp(snapshot->list[i].container, text, strlen(text)))
			names[count++] = snapshot->list[i].container;
	if (count)
		qsort(names, count, sizeof(*names), by_name);
	for (i = 0; i < count; i++) {
		if (i && !strcmp(names[i - 1], names[i]))
			continue;
		found = names[i];
		add_candidate(candidates, found);
		if (!strcmp(found, text)) {
			candidates->count = 1;
			break;
		}
	}
	free(names);
	return candidates->count == 1 ? found : NULL;
}

/*
 * The outermost pid namespace of the container @name: that of its init, which
 * may have made others in it, and which those that were sent in joined.
 */
static enum target_found find_ns_of(const char *command, const char *name,
				    const struct snapshot *snapshot,
				    struct target *target)
{
	struct candidates inits = { .count = 0 };
	const struct task *task, *found = NULL;
	char shown[32];
	size_t i;

	for (i = 0; i < snapshot->count; i++) {
		task = &snapshot->list[i];
		if (!task->container || strcmp(task->container, name) ||
		    !task->process.pidns)
			continue;
		if (!found || task->levels < found->levels)
			found = task;
	}
	if (!found)
		return TARGET_RECORDED;
	if (found->process.pidns == PROCFS_PIDNS_INITIAL) {
		error_print_of(command,
			   "container %s is in the initial pid namespace: name a process of it, such as %u",
			   name, found->process.pid);
		return TARGET_WRONG;
	}
	for (i = 0; i < snapshot->count; i++) {
		task = &snapshot->list[i];
		if (task->container && !strcmp(task->container, name) &&
		    task->levels == found->levels &&
		    (task->process.ns_pid == 1 || task == found) &&
		    (task == found ||
		     task->process.pidns != found->process.pidns)) {
			snprintf(shown, sizeof(shown), "pidns:%u",
				 task->process.pidns);
			add_candidate(&inits, shown);
		}
	}
	if (inits.count > 1) {
		error_print_of(command, "container %s has several pid namespaces: %s",
			   name, inits.list);
		return TARGET_WRONG;
	}
	target->kind = TARGET_PIDNS;
	target->pidns = found->process.pidns;
	return TARGET_FOUND;
}

enum target_found target_find(const char *command, const char *text,
			      const struct snapshot *snapshot, struct target *target)
{
	struct candidates candidates = { .count = 0 };
	uint32_t pid = target_pid(text);
	const struct task *task;
	const char *name;
	uint32_t inum;

	*target = (struct target){ .kind = TARGET_PIDNS };
	switch (parse_pidns(command, text, &inum)) {
	case 1:
		return find_pidns(command, inum, snapshot, target);
	case -1:
		return TARGET_WRONG;
	}
	task = pid ? snapshot_find(snapshot, pid) : NULL;
	if (task) {
		set_process(task, target);
		if (target->pidns)
			return TARGET_FOUND;
		error_print_of(command, "the pid namespace of %u cannot be read",
			   pid);
		return TARGET_WRONG;
	}
	name = *text ? find_container(text, snapshot, &candidates) : NULL;
	if (name)
		return find_ns_of(command, name, snapshot, target);
	if (!candidates.count)
		return TARGET_RECORDED;
	error_print_of(command, "%zu containers begin with '%s': %s",
		   candidates.count, text, candidates.list);
	return TARGET_WRONG;
}

/* What was recorded last of the process @pid, or NULL. */
static const struct process *recorded_process(const struct history *history,
					      uint32_t pid)
{
	const struct recent *recent = &history->recent;
	const struct process *process;
	size_t i;
	int role;

	for (i = recent->count; i > 0 && recent->count - i < RECENT_MAX; i--) {
		process = recent->events[(i - 1) % RECENT_MAX].process;
		for (role = 0; role < ROLES; role++, process++)
			if (process->has && process->pid == pid)
				return process;
	}
	return NULL;
}

static void no_process(const char *command, uint32_t pid,
		       const struct history *history)
{
	const struct process *process = recorded_process(history, pid);

	if (!process)
		error_print_of(command, "there is no process %u", pid);
	else if (process->pidns == PROCFS_PIDNS_INITIAL)
		error_print_of(command, "there is no process %u any more: it was %s",
			   pid, process->comm);
	else
		error_print_of(command,
			   "there is no process %u any more: it was %s; try pidns:%u",
			   pid, process->comm, process->pidns);
}

static bool recorded_container(const char *command, const char *text,
			       const struct history *history,
			       struct target *target)
{
	struct candidates candidates = { .count = 0 };
	const struct past_teardown *teardown;
	char shown[CONTAINER_SIZE + 32];
	size_t i;

	for (i = 0; i < history->nr_teardowns; i++) {
		teardown = &history->teardowns[i];
		if (!teardown->container[0] || !*text ||
		    strncmp(teardown->container, text, strlen(text)))
			continue;
		target->pidns = teardown->pidns;
		snprintf(shown, sizeof(shown), "pidns:%u (%s)", teardown->pidns,
			 teardown->container);
		add_candidate(&candidates, shown);
	}
	if (candidates.count == 1)
		return true;
	if (candidates.count)
		error_print_of(command,
			   "%zu namespaces of containers that begin with '%s' are gone: %s",
			   candidates.count, text, candidates.list);
	else
		error_print_of(command, "no process is in a container that begins with '%s'",
			   text);
	return false;
}

bool target_pidns_recorded(const char *command, uint32_t pidns,
			   const struct history *history)
{
	if (history->recent.count || history->recent_signals.count)
		return true;
	error_print_of(command,
		   "there is no pid namespace %u, and none is recorded", pidns);
	return false;
}

bool target_recorded(const char *command, const char *text,
		     const struct history *history, struct target *target)
{
	uint32_t pid = target_pid(text);

	if (is_pidns(text))
		return target_pidns_recorded(command, target->pidns, history);
	if (pid) {
		no_process(command, pid, history);
		return false;
	}
	return recorded_container(command, text, history, target);
}
