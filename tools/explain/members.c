// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explain/members.h"
#include "proc/procfs.h"

/*
 * A pid namespace below the initial one. Those that share an outermost one,
 * which is a child of the initial one, are neighbours in by_pidns.
 */
struct namespace_group {
	uint32_t	inum;
	uint32_t	parent;
	uint32_t	outermost;
	struct group	own;
	struct group	below;		/* of an outermost one: all in it */
};

static size_t task_index(const struct members *members, const struct task *task)
{
	return (size_t)(task - members->snapshot->list);
}

static int compare_ids(const char *id, uint32_t user, const struct task *task)
{
	int order = strcmp(id, task->container);

	if (order)
		return order;
	return (user > task->container_user) - (user < task->container_user);
}

/*
 * Returns the process whose cgroup says which container @task is in, or NULL. On
 * cgroup v1 that of a process that is exiting is the root.
 */
static const struct task *find_contained(const struct snapshot *snapshot,
					 const struct task *task)
{
	while (task && !task->container && task->exiting)
		task = snapshot_find(snapshot, task->ppid);
	return task && task->container ? task : NULL;
}

/* A process, and the one that tells its container. */
struct contained {
	const struct task *task;
	const struct task *by;
};

static int compare_contained(const void *a, const void *b)
{
	const struct contained *left = a, *right = b;
	int order = compare_ids(left->by->container, left->by->container_user,
				right->by);

	if (order)
		return order;
	return (left->task > right->task) - (left->task < right->task);
}

/* Fills in containers from @contained, which is sorted. */
static void group_contained(const struct contained *contained, size_t count,
			    struct members *members)
{
	struct group *group = NULL;
	const struct task *by;
	size_t i;

	for (i = 0; i < count; i++) {
		by = contained[i].by;
		members->contained[i] = contained[i].task;
		if (!i || compare_ids(contained[i - 1].by->container,
				      contained[i - 1].by->container_user, by)) {
			group = &members->containers[members->nr_containers];
			members->in_container[members->nr_containers++] = by;
			group->list = &members->contained[i];
		}
		group->count++;
		members->container_of[task_index(members, contained[i].task)] =
			group;
	}
}

static int find_containers(struct members *members)
{
	const struct snapshot *snapshot = members->snapshot;
	struct contained *contained;
	const struct task *by;
	size_t i, count = 0;

	contained = calloc(snapshot->count + 1, sizeof(*contained));
	if (!contained)
		return -ENOMEM;
	for (i = 0; i < snapshot->count; i++) {
		by = find_contained(snapshot, &snapshot->list[i]);
		if (by)
			contained[count++] = (struct contained){
				.task = &snapshot->list[i], .by = by,
			};
	}
	if (count)
		qsort(contained, count, sizeof(*contained), compare_contained);
	group_contained(contained, count, members);
	free(contained);
	return 0;
}

static int compare_inums(const void *a, const void *b)
{
	const struct namespace_group *left = a, *right = b;

	return (left->inum > right->inum) - (left->inum < right->inum);
}

static struct namespace_group *find_namespace(const struct members *members,
					      uint32_t inum)
{
	struct namespace_group key = { .inum = inum };

	if (!members->nr_namespaces)
		return NULL;
	return bsearch(&key, members->namespaces, members->nr_namespaces,
		       sizeof(key), compare_inums);
}

static void list_namespaces(struct members *members)
{
	const struct pidns *pidns = members->snapshot->pidns;
	const struct pidns *end = pidns + members->snapshot->nr_pidns;
	struct namespace_group *namespace, *above;
	size_t i;

	for (; pidns < end; pidns++)
		if (pidns->inum != PROCFS_PIDNS_INITIAL)
			members->namespaces[members->nr_namespaces++] =
				(struct namespace_group){
					.inum = pidns->inum,
					.parent = pidns->parent,
				};
	if (members->nr_namespaces)
		qsort(members->namespaces, members->nr_namespaces,
		      sizeof(*members->namespaces), compare_inums);
	for (i = 0; i < members->nr_namespaces; i++) {
		namespace = &members->namespaces[i];
		for (above = namespace; above;
		     above = find_namespace(members, above->parent))
			namespace->outermost = above->inum;
	}
}

/* A process, and its pid namespace. */
struct inhabitant {
	const struct task *task;
	struct namespace_group *namespace;
};

static int compare_inhabitants(const void *a, const void *b)
{
	const struct inhabitant *left = a, *right = b;
	const struct namespace_group *one = left->namespace;
	const struct namespace_group *other = right->namespace;

	if (one->outermost != other->outermost)
		return one->outermost < other->outermost ? -1 : 1;
	if (one->inum != other->inum)
		return one->inum < other->inum ? -1 : 1;
	return (left->task > right->task) - (left->task < right->task);
}

static void add_to(struct group *group, const struct task *const *task)
{
	if (!group->count++)
		group->list = task;
}

static int find_inhabitants(struct members *members)
{
	const struct snapshot *snapshot = members->snapshot;
	struct inhabitant *inhabitants, *last;
	struct namespace_group *outermost;
	size_t i, count = 0;

	inhabitants = calloc(snapshot->count + 1, sizeof(*inhabitants));
	if (!inhabitants)
		return -ENOMEM;
	for (i = 0; i < snapshot->count; i++) {
		last = &inhabitants[count];
		last->task = &snapshot->list[i];
		last->namespace = find_namespace(members,
						 last->task->process.pidns);
		if (last->namespace)
			count++;
	}
	if (count)
		qsort(inhabitants, count, sizeof(*inhabitants),
		      compare_inhabitants);
	for (i = 0; i < count; i++) {
		members->by_pidns[i] = inhabitants[i].task;
		add_to(&inhabitants[i].namespace->own, &members->by_pidns[i]);
		outermost = find_namespace(members,
					   inhabitants[i].namespace->outermost);
		if (outermost)
			add_to(&outermost->below, &members->by_pidns[i]);
	}
	free(inhabitants);
	return 0;
}

static int allocate(struct members *members)
{
	size_t count = members->snapshot->count + 1;

	members->containers = calloc(count, sizeof(*members->containers));
	members->in_container = calloc(count, sizeof(*members->in_container));
	members->container_of = calloc(count, sizeof(*members->container_of));
	members->contained = calloc(count, sizeof(*members->contained));
	members->by_parent = snapshot_by_parent(members->snapshot);
	members->by_pidns = calloc(count, sizeof(*members->by_pidns));
	members->namespaces = calloc(members->snapshot->nr_pidns + 1,
				     sizeof(*members->namespaces));
	members->picked = calloc(count, sizeof(*members->picked));
	members->is_picked = calloc(count, sizeof(*members->is_picked));
	return members->containers && members->in_container &&
	       members->container_of && members->contained &&
	       members->by_parent && members->by_pidns &&
	       members->namespaces && members->picked && members->is_picked ?
		       0 : -ENOMEM;
}

int members_find(const struct snapshot *snapshot, struct members *members)
{
	int error;

	*members = (struct members){ .snapshot = snapshot };
	error = allocate(members);
	if (error)
		return error;
	list_namespaces(members);
	error = find_inhabitants(members);
	return error ? error : find_containers(members);
}

void members_free(struct members *members)
{
	free(members->containers);
	free(members->in_container);
	free(members->container_of);
	free(members->contained);
	free(members->by_parent);
	free(members->by_pidns);
	free(members->namespaces);
	free(members->picked);
	free(members->is_picked);
	*members = (struct members){ .snapshot = NULL };
}

const struct group *members_container_of(const struct members *members,
					 const struct task *task)
{
	return members->container_of[task_index(members, task)];
}

const struct group *members_container(const struct members *members,
				      const char *id, uint32_t user)
{
	size_t low = 0, high = members->nr_containers, middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = compare_ids(id, user, members->in_container[middle]);
		if (!order)
			return &members->containers[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct task *members_named(const struct members *members,
				 const struct group *container)
{
	return members->in_container[container - members->containers];
}

static size_t first_child(const struct members *members, uint32_t pid)
{
	return snapshot_first_child(members->snapshot, members->by_parent, pid);
}

struct group members_children(const struct members *members, uint32_t pid)
{
	size_t first = first_child(members, pid);

	return (struct group){
		.list = &members->by_parent[first],
		.count = first_child(members, pid + 1) - first,
	};
}

struct group members_of_pidns(const struct members *members, uint32_t inum)
{
	const struct namespace_group *namespace = find_namespace(members, inum);

	return namespace ? namespace->own : (struct group){ .count = 0 };
}

struct group members_below_pidns(const struct members *members, uint32_t inum)
{
	const struct namespace_group *namespace = find_namespace(members, inum);

	if (namespace)
		namespace = find_namespace(members, namespace->outermost);
	return namespace ? namespace->below : (struct group){ .count = 0 };
}

/* Picks @task (NULL: none) unless it is picked. Returns the number of picked. */
static size_t pick(struct members *members, size_t count,
		   const struct task *task)
{
	if (!task || members->is_picked[task_index(members, task)])
		return count;
	members->is_picked[task_index(members, task)] = true;
	members->picked[count] = task;
	return count + 1;
}

static size_t pick_all(struct members *members, size_t count,
		       const struct group *group)
{
	size_t i;

	for (i = 0; group && i < group->count; i++)
		count = pick(members, count, group->list[i]);
	return count;
}

/* Picks the parents and tracers of what is picked. */
static size_t pick_related(struct members *members, size_t count)
{
	const struct snapshot *snapshot = members->snapshot;
	size_t i, picked = count;
	const struct task *task;

	for (i = 0; i < picked; i++) {
		task = members->picked[i];
		count = pick(members, count,
			     snapshot_find(snapshot, task->ppid));
		if (task->tracer)
			count = pick(members, count,
				     snapshot_find(snapshot, task->tracer));
	}
	return count;
}

/* By address, and so by pid. */
static int compare_tasks(const void *a, const void *b)
{
	const struct task *left = *(const struct task *const *)a;
	const struct task *right = *(const struct task *const *)b;

	return (left > right) - (left < right);
}

int members_around(struct members *members, const struct group *container,
		   const struct task *main, struct snapshot *part)
{
	struct group children = members_children(members, main->process.pid);
	struct group below = members_below_pidns(members, main->process.pidns);
	size_t i, count;

	count = pick(members, 0, main);
	count = pick_all(members, count, container);
	count = pick_all(members, count, &children);
	count = pick_all(members, count, &below);
	count = pick_related(members, count);
	qsort(members->picked, count, sizeof(*members->picked), compare_tasks);
	*part = (struct snapshot){
		.list = calloc(count, sizeof(*part->list)),
		.count = count,
		.pidns = members->snapshot->pidns,
		.nr_pidns = members->snapshot->nr_pidns,
	};
	for (i = 0; i < count; i++) {
		members->is_picked[task_index(members, members->picked[i])] =
			false;
		if (part->list)
			part->list[i] = *members->picked[i];
	}
	return part->list ? 0 : -ENOMEM;
}

void members_free_part(struct snapshot *part)
{
	free(part->list);
	*part = (struct snapshot){ .count = 0 };
}
