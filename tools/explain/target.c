// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/candidates.h"
#include "explain/container-match.h"
#include "explain/target-recorded.h"
#include "explain/target.h"
#include "genl/history.h"
#include "lib/array.h"
#include "lib/error.h"
#include "proc/container.h"
#include "proc/names-cache.h"
#include "proc/procfs.h"
#include "proc/snapshot.h"

static const char pidns_prefix[] = "pidns:";

/* Living containers, each with a process of it. */
struct containers {
	const struct task **list;
	size_t		count;
	enum container_match match;	/* how they are called */
};

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

	/* Zeros may begin an id, but no pid. */
	return *text != '0' && parse_number(text, INT32_MAX, &pid) ? pid : 0;
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

static bool in_same_container(const struct task *a, const struct task *b)
{
	return a->container && b->container &&
	       !strcmp(a->container, b->container) &&
	       a->container_user == b->container_user;
}

static int by_container(const void *a, const void *b)
{
	const struct task *left = *(const struct task *const *)a;
	const struct task *right = *(const struct task *const *)b;
	int order = strcmp(left->container, right->container);

	if (order)
		return order;
	return (left->container_user > right->container_user) -
	       (left->container_user < right->container_user);
}

/* Orders the containers of a pod by name, the sandbox last. */
static int by_name(const void *a, const void *b)
{
	const struct task *left = *(const struct task *const *)a;
	const struct task *right = *(const struct task *const *)b;
	struct container one, other;
	int order;

	names_of_task(left, &one);
	names_of_task(right, &other);
	if (!one.names.name[0] != !other.names.name[0])
		return one.names.name[0] ? -1 : 1;
	order = strcmp(one.names.name, other.names.name);
	return order ? order : by_container(a, b);
}

/* Keeps of @containers those that @text calls in the way that counts most. */
static void keep_matching(const char *text, struct containers *containers)
{
	enum container_match match;
	struct container container;
	size_t i, kept = 0;

	for (i = 0; i < containers->count; i++) {
		names_of_task(containers->list[i], &container);
		match = container_match(&container, text);
		if (match == MATCH_NONE || match < containers->match)
			continue;
		if (match > containers->match)
			kept = 0;
		containers->match = match;
		containers->list[kept++] = containers->list[i];
	}
	containers->count = kept;
}

/*
 * Finds the living containers that @text calls; the list of @containers is for
 * free(). Returns 0 or -ENOMEM.
 */
static int find_containers(const char *text, const struct snapshot *snapshot,
			   struct containers *containers)
{
	const struct task **list = calloc(snapshot->count + 1, sizeof(*list));
	size_t i, count = 0;

	*containers = (struct containers){ .list = list };
	if (!list)
		return -ENOMEM;
	for (i = 0; i < snapshot->count; i++)
		if (snapshot->list[i].container)
			list[count++] = &snapshot->list[i];
	if (count)
		qsort(list, count, sizeof(*list), by_container);
	/* In place: what is still to be read is behind what is written. */
	for (i = 0; i < count; i++)
		if (!containers->count ||
		    !in_same_container(list[containers->count - 1], list[i]))
			list[containers->count++] = list[i];
	names_find_tasks(snapshot->list, snapshot->count);
	keep_matching(text, containers);
	if (containers->count)
		qsort(list, containers->count, sizeof(*list), by_name);
	return 0;
}

/*
 * Returns the process of the container of @member in its outermost pid
 * namespace. Its init may have made others, and processes that entered it may be
 * in others.
 */
static const struct task *find_outermost(const struct task *member,
					 const struct snapshot *snapshot)
{
	const struct task *task, *found = NULL;
	size_t i;

	for (i = 0; i < snapshot->count; i++) {
		task = &snapshot->list[i];
		if (in_same_container(task, member) && task->process.pidns &&
		    (!found || task->levels < found->levels))
			found = task;
	}
	return found;
}

/* Lists the pid namespaces of a container at the level of @outermost. */
static void list_outermost(const struct task *outermost,
			   const struct snapshot *snapshot,
			   struct candidates *candidates)
{
	const struct task *task;
	char shown[32];
	size_t i;

	for (i = 0; i < snapshot->count; i++) {
		task = &snapshot->list[i];
		if (task != outermost &&
		    (!in_same_container(task, outermost) ||
		     task->levels != outermost->levels ||
		     task->process.ns_pid != 1 ||
		     task->process.pidns == outermost->process.pidns))
			continue;
		snprintf(shown, sizeof(shown), "pidns:%u", task->process.pidns);
		candidates_add(candidates, shown);
	}
}

static struct target *add_target(struct targets *targets)
{
	struct target *target = array_add(&targets->list, &targets->count,
					  sizeof(*target));

	if (target)
		return target;
	error_no_memory();
}

/* Adds a pid namespace, once. Containers of a pod may share one. */
static enum target_found add_pidns(struct targets *targets, uint32_t pidns)
{
	struct target *target;
	size_t i;

	for (i = 0; i < targets->count; i++)
		if (targets->list[i].pidns == pidns)
			return TARGET_FOUND;
	target = add_target(targets);
	target->kind = TARGET_PIDNS;
	target->pidns = pidns;
	return TARGET_FOUND;
}

/* Adds the pid namespace of the container of @member. */
static enum target_found add_container(const char *command,
				       const struct task *member,
				       const struct snapshot *snapshot,
				       struct targets *targets)
{
	const struct task *outermost = find_outermost(member, snapshot);
	struct candidates candidates = { .count = 0 };
	char label[CONTAINER_LABEL_SIZE];
	struct container container;

	names_of_task(member, &container);
	container_label(&container, label);
	if (!outermost) {
		error_print_of(command,
			       "the pid namespace of container %s cannot be read",
			       label);
		return TARGET_WRONG;
	}
	if (outermost->process.pidns == PROCFS_PIDNS_INITIAL) {
		error_print_of(command,
			       "container %s is in the initial pid namespace: name a process of it, such as %u",
			       label, outermost->process.pid);
		return TARGET_WRONG;
	}
	list_outermost(outermost, snapshot, &candidates);
	if (candidates.count > 1) {
		error_print_of(command,
			       "container %s has several pid namespaces: %s",
			       label, candidates.list);
		return TARGET_WRONG;
	}
	return add_pidns(targets, outermost->process.pidns);
}

/* Says which @containers @text calls. */
static void print_containers(const char *command, const char *text,
			     const struct containers *containers)
{
	bool whole = containers->match >= MATCH_NAME;
	struct candidates candidates = { .count = 0 };
	struct container container;
	size_t i;

	for (i = 0; i < containers->count; i++) {
		names_of_task(containers->list[i], &container);
		candidates_add_container(&candidates, &container);
	}
	error_print_of(command, "%zu containers %s '%s': %s", candidates.count,
		       whole ? "are called" : "begin with", text,
		       candidates.list);
}

/* Adds what @text calls: all containers of a pod, else just one. */
static enum target_found add_containers(const char *command, const char *text,
					const struct containers *containers,
					const struct snapshot *snapshot,
					struct targets *targets)
{
	enum target_found result = TARGET_WRONG;
	size_t i;

	if (containers->count > 1 && containers->match != MATCH_POD) {
		print_containers(command, text, containers);
		return TARGET_WRONG;
	}
	for (i = 0; i < containers->count; i++) {
		if (add_container(command, containers->list[i], snapshot,
				  targets) == TARGET_FOUND)
			result = TARGET_FOUND;
	}
	return result;
}

static enum target_found add_process(const char *command,
				     const struct task *task,
				     struct targets *targets)
{
	struct target *target;

	if (!task->process.pidns) {
		error_print_of(command, "the pid namespace of %u cannot be read",
			       task->process.pid);
		return TARGET_WRONG;
	}
	target = add_target(targets);
	target->pid = task->process.pid;
	target->start_ticks = task->start_ticks;
	target->pidns = task->process.pidns;
	target->kind = target->pidns == PROCFS_PIDNS_INITIAL ?
			       TARGET_PROCESS : TARGET_PIDNS;
	return TARGET_FOUND;
}

/* Refuses units of systemd, which are no containers. Returns whether it did. */
static bool refuse_unit(const char *command, const char *text)
{
	static const char suffix[] = ".service";
	size_t len = strlen(text);

	if (len <= strlen(suffix) ||
	    strcmp(text + len - strlen(suffix), suffix))
		return false;
	error_print_of(command,
		       "'%s' is a unit, and no container: name a container, or a PID that 'systemctl status' lists",
		       text);
	return true;
}

static enum target_found find_pidns(const char *command, const char *text,
				    const struct snapshot *snapshot,
				    struct targets *targets)
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
	add_pidns(targets, inum);
	for (i = 0; i < snapshot->count; i++)
		if (snapshot->list[i].process.pidns == inum)
			return TARGET_FOUND;
	return TARGET_GONE;
}

static void add_recorded(void *context, uint32_t pidns)
{
	add_pidns(context, pidns);
}

/*
 * Looks up what is no process and not the whole name of a container that lives:
 * the beginning of one, of @containers, comes behind a whole name of one that is
 * gone.
 */
static enum target_found find_rest(const char *command, const char *text,
				   const struct containers *containers,
				   const struct snapshot *snapshot,
				   const struct history *history,
				   struct targets *targets)
{
	enum container_match match = target_recorded_match(text, history);

	if (containers->count && match < MATCH_NAME)
		return add_containers(command, text, containers, snapshot,
				      targets);
	if (match != MATCH_NONE)
		return target_recorded_find(command, text, history, match,
					    add_recorded, targets) ?
			       TARGET_GONE : TARGET_WRONG;
	if (!refuse_unit(command, text))
		target_recorded_none(command, text, target_pid(text), history);
	return TARGET_WRONG;
}

enum target_found target_find(const char *command, const char *text,
			      const struct snapshot *snapshot,
			      const struct history *history,
			      struct targets *targets)
{
	uint32_t pid = target_pid(text);
	struct containers containers;
	enum target_found result;
	const struct task *task;

	*targets = (struct targets){ 0 };
	if (has_pidns_prefix(text))
		return find_pidns(command, text, snapshot, targets);
	if (find_containers(text, snapshot, &containers))
		error_no_memory();
	task = pid ? snapshot_find(snapshot, pid) : NULL;
	if (containers.match >= MATCH_NAME)
		result = add_containers(command, text, &containers, snapshot,
					targets);
	else if (task)
		result = add_process(command, task, targets);
	else if (history)
		result = find_rest(command, text, &containers, snapshot,
				   history, targets);
	else
		result = TARGET_UNREAD;
	free(containers.list);
	return result;
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
