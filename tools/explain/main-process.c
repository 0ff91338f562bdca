// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "explain/main-process.h"
#include "proc/snapshot.h"

bool task_in_container(const struct task *task, const char *id, uint32_t user)
{
	return task->container && task->container_user == user &&
	       !strcmp(task->container, id);
}

bool task_in_container_of(const struct task *a, const struct task *b)
{
	return b->container &&
	       task_in_container(a, b->container, b->container_user);
}

/* Whether @life is one of the container of @member. */
static bool is_life_of(const struct life *life, const struct task *member)
{
	struct container container;

	return life_container(life, &container) &&
	       task_in_container(member, container.id, container.user);
}

static const struct life *find_life(const struct task *member,
				    const struct lives *lives)
{
	const struct life *life, *found = NULL;
	size_t i;

	/* In the order of their begin. */
	for (i = 0; lives && i < lives->count; i++) {
		life = &lives->list[i];
		if (is_life_of(life, member) &&
		    (!found || !life->end_ns || found->end_ns))
			found = life;
	}
	return found;
}

static bool has_outside_parent(const struct task *task,
			       const struct snapshot *snapshot)
{
	const struct task *parent = snapshot_find(snapshot, task->ppid);

	return !parent || !task_in_container_of(parent, task);
}

/*
 * Returns the number of levels of the outermost pid namespace of what lives in
 * the container.
 */
static unsigned int find_level(const struct task *member,
			       const struct snapshot *snapshot)
{
	unsigned int level = TASK_LEVELS;
	const struct task *task;
	size_t i;

	for (i = 0; i < snapshot->count; i++) {
		task = &snapshot->list[i];
		if (task_in_container_of(task, member) && task->levels &&
		    task->levels < level && !task_is_zombie(task))
			level = task->levels;
	}
	return level;
}

/*
 * Finds the init of the container's own pid namespace, in which everything is
 * that lives in the container; or NULL.
 */
static const struct task *find_init(const struct task *member,
				    const struct snapshot *snapshot)
{
	unsigned int level = find_level(member, snapshot);
	const struct task *task, *found = NULL;
	size_t i;

	for (i = 0; i < snapshot->count; i++) {
		task = &snapshot->list[i];
		if (task_in_container_of(task, member) && task_is_init(task) &&
		    task->levels == level &&
		    (!found || task->start_ticks < found->start_ticks))
			found = task;
	}
	return found;
}

/* Finds the oldest process of the container that has a parent outside, or NULL. */
static const struct task *find_oldest(const struct task *member,
				      const struct snapshot *snapshot)
{
	const struct task *task, *found = NULL;
	size_t i;

	for (i = 0; i < snapshot->count; i++) {
		task = &snapshot->list[i];
		if (task_in_container_of(task, member) &&
		    has_outside_parent(task, snapshot) &&
		    (!found || task->start_ticks < found->start_ticks))
			found = task;
	}
	return found;
}

void main_process_find(const struct task *member,
		       const struct snapshot *snapshot,
		       const struct lives *lives, struct main_process *main)
{
	const struct life *life = find_life(member, lives);
	const struct task *task = NULL;

	/*
	 * Without a program a step of an engine looks like a main process. It
	 * has ended, and the container's namespace lives.
	 */
	if (!life || (life->end_ns && !life->pidns))
		task = find_init(member, snapshot);
	if (!task && !life)
		task = find_oldest(member, snapshot);
	if (!task && !life)
		task = member;
	if (task)
		*main = (struct main_process){
			.pid = task->process.pid,
			.start_ticks = task->start_ticks,
			.pidns = task->process.pidns,
		};
	else
		*main = (struct main_process){
			.life = life,
			.pid = life->main.pid,
			.start_ticks = process_start_ticks(&life->main),
			.pidns = life->main.pidns,
		};
}
