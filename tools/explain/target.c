// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/target.h"
#include "genl/history.h"
#include "lib/error.h"
#include "proc/container.h"
#include "proc/procfs.h"
#include "proc/snapshot.h"

static const char pidns_prefix[] = "pidns:";

/* Maximum number of candidates that a message names. */
#define CANDIDATES_MAX	8

struct candidates {
	char		list[CANDIDATES_MAX * (CONTAINER_SIZE + 2) + 16];
	size_t		count;
};

static void add_candidate(struct candidates *candidates, const char *name)
{
	size_t len = strlen(candidates->list);

	if (candidates->count++ < CANDIDATES_MAX)
		snprintf(candidates->list + len, sizeof(candidates->list) - len,
			 "%s%s", len ? ", " : "", name);
	else if (candidates->count == CANDIDATES_MAX + 1)
		snprintf(candidates->list + len, sizeof(candidates->list) - len,
			 ", ...");
}

/* Parses a number from 1 to @max, of digits alone. */
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

static bool has_pidns_prefix(const char *text)
{
	return !strncmp(text, pidns_prefix, strlen(pidns_prefix));
}

uint32_t target_pidns(const char *text)
{
	uint32_t inum;

	if (!has_pidns_prefix(text) ||
	    !parse_number(text + strlen(pidns_prefix), UINT32_MAX, &inum))
		return 0;
	return inum;
}

static void set_process(const struct task *task, struct target *target)
{
	target->pid = task->process.pid;
	target->start_ticks = task->start_ticks;
	target->pidns = task->process.pidns;
	target->kind = target->pidns == PROCFS_PIDNS_INITIAL ?
			       TARGET_PROCESS : TARGET_PIDNS;
}

static enum target_found find_pidns(const char *command, const char *text,
				    const struct snapshot *snapshot,
				    struct target *target)
{
	uint32_t inum = target_pidns(text);
	size_t i;

	if (!inum) {
		error_print_of(command,
			       "'%s' is no pid namespace: try pidns:INUM, as in /proc/PID/ns/pid",
			       text);
		return TARGET_WRONG;
	}
	if (inum == PROCFS_PIDNS_INITIAL) {
		error_print_of(command,
			       "pidns:%u is the initial pid namespace: it ends with the machine; name a process",
			       inum);
		return TARGET_WRONG;
	}
	target->pidns = inum;
	for (i = 0; i < snapshot->count; i++)
		if (snapshot->list[i].process.pidns == inum)
			return TARGET_FOUND;
	return TARGET_RECORDED;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/*
 * Returns the name of the container that is @text, or that alone begins with
 * it; NULL and the candidates where there is none or there are several.
 */
static const char *find_container(const char *text,
				  const struct snapshot *snapshot,
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
		qsort(names, count, sizeof(*names), compare_names);
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

static bool is_in_container(const struct task *task, const char *name)
{
	return task->container && !strcmp(task->container, name);
}

/*
 * Returns the process of container @name in its outermost pid namespace. Its
 * init may have made others, and processes that entered it may be in others.
 */
static const struct task *find_outermost(const char *name,
					 const struct snapshot *snapshot)
{
	const struct task *task, *found = NULL;
	size_t i;

	for (i = 0; i < snapshot->count; i++) {
		task = &snapshot->list[i];
		if (is_in_container(task, name) && task->process.pidns &&
		    (!found || task->levels < found->levels))
			found = task;
	}
	return found;
}

/* Lists the pid namespaces of container @name at the level of @outermost. */
static void list_outermost(const char *name, const struct task *outermost,
			   const struct snapshot *snapshot,
			   struct candidates *candidates)
{
	const struct task *task;
	char shown[32];
	size_t i;

	for (i = 0; i < snapshot->count; i++) {
		task = &snapshot->list[i];
		if (task != outermost &&
		    (!is_in_container(task, name) ||
		     task->levels != outermost->levels ||
		     task->process.ns_pid != 1 ||
		     task->process.pidns == outermost->process.pidns))
			continue;
		snprintf(shown, sizeof(shown), "pidns:%u", task->process.pidns);
		add_candidate(candidates, shown);
	}
}

static enum target_found find_pidns_of_container(const char *command,
						 const char *name,
						 const struct snapshot *snapshot,
						 struct target *target)
{
	const struct task *outermost = find_outermost(name, snapshot);
	struct candidates candidates = { .count = 0 };

	if (!outermost)
		return TARGET_RECORDED;
	if (outermost->process.pidns == PROCFS_PIDNS_INITIAL) {
		error_print_of(command,
			       "container %s is in the initial pid namespace: name a process of it, such as %u",
			       name, outermost->process.pid);
		return TARGET_WRONG;
	}
	list_outermost(name, outermost, snapshot, &candidates);
	if (candidates.count > 1) {
		error_print_of(command,
			       "container %s has several pid namespaces: %s",
			       name, candidates.list);
		return TARGET_WRONG;
	}
	target->pidns = outermost->process.pidns;
	return TARGET_FOUND;
}

enum target_found target_find(const char *command, const char *text,
			      const struct snapshot *snapshot,
			      struct target *target)
{
	struct candidates candidates = { .count = 0 };
	uint32_t pid = target_pid(text);
	const struct task *task;
	const char *name;

	*target = (struct target){ .kind = TARGET_PIDNS };
	if (has_pidns_prefix(text))
		return find_pidns(command, text, snapshot, target);
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
		return find_pidns_of_container(command, name, snapshot, target);
	if (!candidates.count)
		return TARGET_RECORDED;
	error_print_of(command, "%zu containers begin with '%s': %s",
		       candidates.count, text, candidates.list);
	return TARGET_WRONG;
}

/* Returns the process @pid as the last event has it, or NULL. */
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

static void print_no_process(const char *command, uint32_t pid,
			     const struct history *history)
{
	const struct process *process = recorded_process(history, pid);

	if (!process)
		error_print_of(command, "there is no process %u", pid);
	else if (process->pidns == PROCFS_PIDNS_INITIAL)
		error_print_of(command,
			       "there is no process %u any more: it was %s",
			       pid, process->comm);
	else
		error_print_of(command,
			       "there is no process %u any more: it was %s; try pidns:%u",
			       pid, process->comm, process->pidns);
}

static bool find_recorded_container(const char *command, const char *text,
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
		error_print_of(command,
			       "no process is in a container that begins with '%s'",
			       text);
	return false;
}

bool target_pidns_recorded(const char *command, uint32_t pidns,
			   const struct history *history)
{
	if (history->recent.count || history->recent_signals.count)
		return true;
	error_print_of(command,
		       "there is no pid namespace %u, and none is recorded",
		       pidns);
	return false;
}

bool target_recorded(const char *command, const char *text,
		     const struct history *history, struct target *target)
{
	uint32_t pid = target_pid(text);

	if (has_pidns_prefix(text))
		return target_pidns_recorded(command, target->pidns, history);
	if (pid) {
		print_no_process(command, pid, history);
		return false;
	}
	return find_recorded_container(command, text, history, target);
}
