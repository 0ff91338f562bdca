// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "genl/life.h"
#include "lib/array.h"
#include "proc/container-names.h"
#include "proc/names-cache.h"

int lives_add(struct lives *lives, const struct life *life)
{
	struct life *added = array_add(&lives->list, &lives->count,
				       sizeof(*added));

	if (!added)
		return -ENOMEM;
	*added = *life;
	return 0;
}

static int by_begin(const void *one, const void *other)
{
	const struct life *a = one, *b = other;

	if (a->begin_ns != b->begin_ns)
		return a->begin_ns < b->begin_ns ? -1 : 1;
	return (a->cgroup > b->cgroup) - (a->cgroup < b->cgroup);
}

void lives_sort(struct lives *lives)
{
	if (lives->count)
		qsort(lives->list, lives->count, sizeof(*lives->list),
		      by_begin);
}

void lives_free(struct lives *lives)
{
	free(lives->list);
	*lives = (struct lives){ .count = 0 };
}

const struct life *lives_find_main(const struct lives *lives,
				   const struct process *process)
{
	size_t i;

	for (i = 0; i < lives->count; i++)
		if (process_same(&lives->list[i].main, process))
			return &lives->list[i];
	return NULL;
}

bool life_container(const struct life *life, struct container *container)
{
	if (container_of_path(life->path, container->id)) {
		container->user = container_user(life->path);
		return true;
	}
	/* On cgroup v1 the module may be about to read the path. */
	return !life->end_ns && container_of_process(&life->main, container);
}

bool lives_restarted(const struct lives *lives, const struct life *life)
{
	struct container container = { .id = "" }, other = { .id = "" };
	const struct life *later;

	if (!life_container(life, &container))
		return false;
	for (later = life + 1; later < lives->list + lives->count; later++)
		if (life_container(later, &other) &&
		    !strcmp(other.id, container.id) &&
		    other.user == container.user)
			return true;
	return false;
}

static uint32_t living_pid(const struct life *life)
{
	return life->end_ns ? 0 : life->main.pid;
}

struct container *lives_containers(const struct lives *lives)
{
	struct names_query *queries = calloc(lives->count + 1, sizeof(*queries));
	struct container *containers = calloc(lives->count + 1,
					      sizeof(*containers));
	const struct life *life = lives->list;
	size_t i, known = 0;

	if (!queries || !containers) {
		free(queries);
		free(containers);
		return NULL;
	}
	for (i = 0; i < lives->count; i++)
		if (life_container(&life[i], &containers[i]))
			queries[known++] = (struct names_query){
				.id = containers[i].id,
				.user = containers[i].user,
				.pid = living_pid(&life[i]),
			};
	names_find_all(queries, known);
	free(queries);
	for (i = 0; i < lives->count; i++)
		if (containers[i].id[0])
			names_find(&containers[i], living_pid(&life[i]));
	return containers;
}
