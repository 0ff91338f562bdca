// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explain/survey.h"
#include "genl/client.h"
#include "proc/container-names.h"
#include "proc/names-cache.h"

void survey_free(struct survey *survey)
{
	free(survey->subjects);
	members_free(&survey->members);
	lives_free(&survey->lives);
	snapshot_free(&survey->snapshot);
	teardowns_free(&survey->teardowns);
	history_free(&survey->history);
	*survey = (struct survey){ .count = 0 };
}

/* Returns main of @life in the snapshot, or NULL. */
static struct task *find_main_task(const struct survey *survey,
				   const struct life *life)
{
	struct task *task = snapshot_find(&survey->snapshot, life->main.pid);

	return task && process_same(&task->process, &life->main) ? task : NULL;
}

/*
 * On cgroup v1, /proc shows a process that is exiting in the root of the
 * hierarchy. The ledger knows where a main process was.
 */
static void restore_containers(struct survey *survey)
{
	const struct life *life = survey->lives.list;
	const struct life *end = life + survey->lives.count;
	char id[CONTAINER_SIZE];
	struct task *task;

	for (; life < end; life++) {
		task = find_main_task(survey, life);
		if (!task || task->container || !task->exiting ||
		    !container_of_path(life->path, id))
			continue;
		task->container = strdup(id);
		task->container_user = container_user(life->path);
	}
}

/*
 * Reads everything. The ledger comes last: then it has main of whatever is in
 * the snapshot.
 */
static int read_all(struct client *client, struct survey *survey)
{
	static const struct wanted none;
	int error;

	*survey = (struct survey){ .client = client };
	error = history_read(client, &none, &survey->history);
	if (!error)
		error = client_teardowns(client, &survey->teardowns);
	if (!error)
		error = snapshot_read(&survey->snapshot);
	if (!error)
		error = client_lives(client, &survey->lives);
	if (error)
		return error;
	restore_containers(survey);
	return members_find(&survey->snapshot, &survey->members);
}

/* Returns the container of @life, which has a process in the snapshot, or NULL. */
static const struct group *container_of_life(const struct survey *survey,
					     const struct life *life,
					     const struct task *main)
{
	char id[CONTAINER_SIZE];

	if (main && members_container_of(&survey->members, main))
		return members_container_of(&survey->members, main);
	if (!container_of_path(life->path, id))
		return NULL;
	return members_container(&survey->members, id,
				 container_user(life->path));
}

/* Takes over main of each life, the newest that lives. */
static void find_recorded_mains(struct survey *survey)
{
	const struct life *life = survey->lives.list;
	const struct life *end = life + survey->lives.count;
	const struct group *container;
	struct subject *subject;
	const struct task *main;

	for (; life < end; life++) {
		main = find_main_task(survey, life);
		container = container_of_life(survey, life, main);
		if (!container)
			continue;
		subject = &survey->subjects[container - survey->members.containers];
		subject->last = life;
		if (!main || members_container_of(&survey->members, main) !=
				     container ||
		    (task_is_zombie(main) && subject->main &&
		     !task_is_zombie(subject->main)))
			continue;
		subject->main = main;
		subject->life = life;
	}
}

static bool has_outside_parent(const struct survey *survey, const struct task *task,
			       const struct group *container)
{
	const struct task *parent = snapshot_find(&survey->snapshot, task->ppid);

	return !parent || members_container_of(&survey->members, parent) !=
				  container;
}

/*
 * Whether @task is rather main than @other: living before dead, an init before
 * others, the outermost of these, the oldest.
 */
static bool is_rather_main(const struct task *task, const struct task *other)
{
	if (task_is_zombie(task) != task_is_zombie(other))
		return !task_is_zombie(task);
	if (task_is_init(task) != task_is_init(other))
		return task_is_init(task);
	if (task_is_init(task) && task->levels != other->levels)
		return task->levels < other->levels;
	return task->start_ticks < other->start_ticks;
}

/*
 * Finds main of @container in the snapshot alone: the init of its own pid
 * namespace, or else, unless only an @init is wanted, the oldest process whose
 * parent is outside.
 */
static const struct task *guess_main(const struct survey *survey,
				     const struct group *container, bool init)
{
	const struct task *task, *found = NULL;
	size_t i;

	for (i = 0; i < container->count; i++) {
		task = container->list[i];
		if (!task_is_init(task) &&
		    (init || !has_outside_parent(survey, task, container)))
			continue;
		if (!found || is_rather_main(task, found))
			found = task;
	}
	return found;
}

bool survey_has_living(const struct group *container)
{
	size_t i;

	for (i = 0; i < container->count; i++)
		if (!task_is_zombie(container->list[i]))
			return true;
	return false;
}

static bool is_living(const struct task *task)
{
	return task && !task_is_zombie(task);
}

/*
 * Finds main of each container. A zombie is main only of a container in which
 * nothing lives: else what lives is left behind. The ledger may still have a
 * step of the engine's, which has ended, in place of an init that has not
 * executed its program: runc create makes such.
 */
static void find_mains(struct survey *survey)
{
	const struct task *found;
	struct subject *subject;
	size_t i;

	for (i = 0; i < survey->members.nr_containers; i++)
		survey->subjects[i].container = &survey->members.containers[i];
	survey->count = i;
	find_recorded_mains(survey);
	for (i = 0; i < survey->count; i++) {
		subject = &survey->subjects[i];
		found = is_living(subject->main) ? NULL :
			guess_main(survey, subject->container, !!subject->last);
		if (is_living(found) || (found && !subject->last)) {
			subject->main = found;
			subject->life = NULL;
		}
		if (!is_living(subject->main) && survey_has_living(subject->container))
			subject->main = NULL;
	}
}

/* Adds the pid namespaces whose init is in no container. */
static void add_namespaces(struct survey *survey)
{
	const struct task *task = survey->snapshot.list;
	const struct task *end = task + survey->snapshot.count;

	for (; task < end; task++)
		if (task_is_init(task) && !task_is_zombie(task) &&
		    !members_container_of(&survey->members, task))
			survey->subjects[survey->count++] = (struct subject){
				.main = task,
			};
}

/* Looks up the names of all containers at once. */
static int find_names(const struct survey *survey)
{
	struct names_query *queries;
	const struct task *task;
	size_t i, count = survey->members.nr_containers;

	queries = calloc(count + 1, sizeof(*queries));
	if (!queries)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		task = survey->members.in_container[i];
		queries[i] = (struct names_query){
			.id = task->container,
			.user = task->container_user,
			.pid = task->process.pid,
		};
	}
	names_find_all(queries, count);
	names_find_known();
	free(queries);
	return 0;
}

static int find_subjects(struct survey *survey, bool all)
{
	survey->subjects = calloc(survey->snapshot.count + 1,
				  sizeof(*survey->subjects));
	if (!survey->subjects)
		return -ENOMEM;
	find_mains(survey);
	if (all)
		add_namespaces(survey);
	return find_names(survey);
}

int survey_read(struct client *client, bool all, struct survey *survey)
{
	int error = read_all(client, survey);

	return error ? error : find_subjects(survey, all);
}
