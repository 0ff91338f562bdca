// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/candidates.h"
#include "explain/container-match.h"
#include "explain/main-process.h"
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
		    !task_in_container_of(list[containers->count - 1], list[i]))
			list[containers->count++] = list[i];
	names_find_tasks(snapshot->list, snapshot->count);
	keep_matching(text, containers);
	if (containers->count)
		qsort(list, containers->count, sizeof(*list), by_name);
	return 0;
}

/* What a text is looked up in; the last two may be NULL. */
struct world {
	const struct snapshot *snapshot;
	const struct lives *lives;
	const struct history *history;
};

static struct target *add_target(struct targets *targets)
{
	struct target *target = array_add(&targets->list, &targets->count,
					  sizeof(*target));

	if (target)
		return target;
	error_no_memory();
}

/* Adds a pid namespace, once. */
static struct target *add_pidns(struct targets *targets, uint32_t pidns)
{
	struct target *target;
	size_t i;

	for (i = 0; i < targets->count; i++) {
		target = &targets->list[i];
		if (target->kind == TARGET_PIDNS && target->pidns == pidns)
			return target;
	}
	target = add_target(targets);
	target->kind = TARGET_PIDNS;
	target->pidns = pidns;
	return target;
}

static void set_id(struct target *target, const char *id, uint32_t user)
{
	snprintf(target->id, sizeof(target->id), "%s", id);
	target->user = user;
}

/* Makes @target the container that @member is in. */
static void set_container(const struct task *member, const struct world *world,
			  struct target *target)
{
	struct main_process main;

	main_process_find(member, world->snapshot, world->lives, &main);
	*target = (struct target){
		.kind = TARGET_CONTAINER,
		.pidns = main.pidns,
		.pid = main.pid,
		.start_ticks = main.start_ticks,
		.life = main.life,
	};
	set_id(target, member->container, member->container_user);
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

/* Returns when main of a container ended; the end of time: it lives. */
static uint64_t end_of(const struct target *target)
{
	return target->life && target->life->end_ns ? target->life->end_ns :
						      UINT64_MAX;
}

/* Adds what @text calls: all containers of a pod, else just one. */
static enum target_found add_containers(const char *command, const char *text,
					const struct containers *containers,
					const struct world *world,
					struct targets *targets)
{
	struct gone_containers gone;
	struct container container;
	struct target *target;
	size_t i;

	if (containers->count > 1 && containers->match != MATCH_POD) {
		print_containers(command, text, containers);
		return TARGET_WRONG;
	}
	if (gone_read(world->lives, NULL, &gone))
		error_no_memory();
	for (i = 0; i < containers->count; i++) {
		target = add_target(targets);
		set_container(containers->list[i], world, target);
		names_of_task(containers->list[i], &container);
		target->earlier = gone_count(&gone, &container,
					     end_of(target));
	}
	gone_free(&gone);
	return TARGET_FOUND;
}

static enum target_found add_process(const char *command,
				     const struct task *task,
				     const struct world *world,
				     struct targets *targets)
{
	struct target *target;

	if (!task->process.pidns) {
		error_print_of(command, "the pid namespace of %u cannot be read",
			       task->process.pid);
		return TARGET_WRONG;
	}
	target = add_target(targets);
	if (task->container) {
		set_container(task, world, target);
	} else {
		target->pid = task->process.pid;
		target->start_ticks = task->start_ticks;
		target->pidns = task->process.pidns;
		target->kind = target->pidns == PROCFS_PIDNS_INITIAL ?
				       TARGET_PROCESS : TARGET_PIDNS;
	}
	target->named_pid = task->process.pid;
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

/* Returns the last life that ended with pid namespace @pidns, or NULL. */
static const struct life *find_life(const struct lives *lives, uint32_t pidns)
{
	size_t i;

	for (i = lives ? lives->count : 0; i > 0; i--)
		if (lives->list[i - 1].pidns == pidns &&
		    lives->list[i - 1].end_ns)
			return &lives->list[i - 1];
	return NULL;
}

static enum target_found find_pidns(const char *command, const char *text,
				    const struct world *world,
				    struct targets *targets)
{
	const struct snapshot *snapshot = world->snapshot;
	uint32_t inum = target_pidns(text);
	struct target *target;
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
	target = add_pidns(targets, inum);
	target->life = find_life(world->lives, inum);
	for (i = 0; i < snapshot->count; i++)
		if (snapshot->list[i].process.pidns == inum)
			return TARGET_FOUND;
	return TARGET_GONE;
}

/* Where add_gone() adds containers, and those among which it was found. */
struct adding {
	struct targets *targets;
	const struct gone_containers *gone;
};

/* Adds a container that is gone: without a life, its pid namespace. */
static void add_gone(void *context, const struct gone_container *found)
{
	const struct life *life = found->life;
	struct adding *adding = context;
	struct target *target;

	if (life) {
		target = add_target(adding->targets);
		target->kind = TARGET_CONTAINER;
		target->pidns = found->pidns;
		target->pid = life->main.pid;
		target->start_ticks = process_start_ticks(&life->main);
		target->life = life;
	} else {
		target = add_pidns(adding->targets, found->pidns);
	}
	set_id(target, found->container.id, found->container.user);
	target->earlier = gone_count(adding->gone, &found->container,
				     found->end_ns);
}

/*
 * Looks up what is no process and not the whole name of a container that lives:
 * the beginning of one, of @containers, comes behind a whole name of one that is
 * gone.
 */
static enum target_found find_rest(const char *command, const char *text,
				   const struct containers *containers,
				   const struct world *world,
				   struct targets *targets)
{
	enum target_found result = TARGET_WRONG;
	struct gone_containers gone;
	struct adding adding = { targets, &gone };
	enum container_match match;

	if (gone_read(world->lives, world->history, &gone))
		error_no_memory();
	match = gone_match(text, &gone);
	if (containers->count && match < MATCH_NAME)
		result = add_containers(command, text, containers, world,
					targets);
	else if (match != MATCH_NONE)
		result = gone_find(command, text, &gone, match, add_gone,
				   &adding) ? TARGET_GONE : TARGET_WRONG;
	else if (!refuse_unit(command, text))
		target_recorded_none(command, text, target_pid(text),
				     world->history);
	gone_free(&gone);
	return result;
}

enum target_found target_find(const char *command, const char *text,
			      const struct snapshot *snapshot,
			      const struct lives *lives,
			      const struct history *history,
			      struct targets *targets)
{
	const struct world world = { snapshot, lives, history };
	uint32_t pid = target_pid(text);
	struct containers containers;
	enum target_found result;
	const struct task *task;

	*targets = (struct targets){ 0 };
	if (has_pidns_prefix(text))
		return find_pidns(command, text, &world, targets);
	if (find_containers(text, snapshot, &containers))
		error_no_memory();
	task = pid ? snapshot_find(snapshot, pid) : NULL;
	if (containers.match >= MATCH_NAME)
		result = add_containers(command, text, &containers, &world,
					targets);
	else if (task)
		result = add_process(command, task, &world, targets);
	else if (history)
		result = find_rest(command, text, &containers, &world, targets);
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
