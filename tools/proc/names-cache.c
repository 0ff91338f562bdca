// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/error.h"
#include "lib/util.h"
#include "proc/names-cache.h"
#include "proc/names-lookup.h"
#include "proc/names-store.h"
#include "proc/task.h"

#define BUCKETS		1024

/* Users whose files hang are remembered. */
#define HUNG_MAX	32

/*
 * Time after which to look again for names that there were none of, and for
 * those of a user whose files hang; it doubles each time.
 */
#define RETRY_NS	NS_PER_SEC
#define HUNG_NS		(30 * NS_PER_SEC)
#define DOUBLE_MAX	7

/* Users whose files hang after whom a look-up of several containers is over. */
#define FAILURES_MAX	2

struct entry {
	struct entry *next;	/* in its bucket */
	uint64_t used;		/* number of the use, to find the oldest */
	uint64_t listed;	/* that in which names_find_all() took it */
	uint64_t retry_ns;	/* since boot: when to look again */
	unsigned int failed;	/* number of look-ups without names */
	bool stale;		/* another container has got its name */
	bool stored;		/* read from the store, not looked up since */
	struct container container;
};

static struct entry *buckets[BUCKETS];
static size_t nr_entries;
static uint64_t uses;
static struct entry *last;	/* that entry_of() returned; or NULL */

static bool keeping;		/* names_keep() was called */
static bool changed;		/* since names_flush() */
static bool known_only;		/* names_find_known() was called */

/* A user whose files hang. */
static struct hung {
	uint32_t user;
	unsigned int times;	/* 0: the element is free */
	uint64_t retry_ns;	/* since boot */
} hung[HUNG_MAX];
static size_t oldest_hung;

/* FNV-1a. */
static size_t bucket_of(const char *id, uint32_t user)
{
	uint32_t hash = 2166136261U ^ user;

	for (; *id; id++)
		hash = (hash ^ (unsigned char)*id) * 16777619U;
	return hash % BUCKETS;
}

static bool is_entry_of(const struct entry *entry, const char *id,
			uint32_t user)
{
	return entry->container.user == user &&
	       !strcmp(entry->container.id, id);
}

/* Fills @list with all entries. Returns their number. */
static size_t list_entries(struct entry *list[NAMES_MAX])
{
	struct entry *entry;
	size_t i, count = 0;

	for (i = 0; i < BUCKETS; i++)
		for (entry = buckets[i]; entry; entry = entry->next)
			list[count++] = entry;
	return count;
}

/*
 * Orders by user, and entries of a user in the order in which they are removed:
 * those without names first, then the one that was not used for the longest
 * time.
 */
static int by_value(const void *a, const void *b)
{
	const struct entry *left = *(const struct entry *const *)a;
	const struct entry *right = *(const struct entry *const *)b;
	bool named = names_known(&left->container.names);

	if (left->container.user != right->container.user)
		return left->container.user < right->container.user ? -1 : 1;
	if (named != names_known(&right->container.names))
		return named ? 1 : -1;
	return (left->used > right->used) - (left->used < right->used);
}

static void remove_entry(struct entry *entry)
{
	struct entry **link;

	link = &buckets[bucket_of(entry->container.id, entry->container.user)];
	while (*link != entry)
		link = &(*link)->next;
	*link = entry->next;
	free(entry);
	nr_entries--;
	last = NULL;
}

/*
 * Removes an entry of the user who has most of them: nobody pushes out what is
 * known of others.
 */
static void remove_one(void)
{
	struct entry *list[NAMES_MAX];
	size_t count = list_entries(list), i, first = 0, most = 0, found = 0;

	qsort(list, count, sizeof(*list), by_value);
	for (i = 0; i < count; i++) {
		if (list[i]->container.user != list[first]->container.user)
			first = i;
		if (i - first >= most) {
			most = i - first + 1;
			found = first;
		}
	}
	remove_entry(list[found]);
}

/* Returns the entry of the container, made where there is none, or NULL. */
static struct entry *entry_of(const char *id, uint32_t user)
{
	struct entry **bucket, *entry;

	/* Fast path: most events are in the same container as the one before. */
	if (last && is_entry_of(last, id, user)) {
		last->used = ++uses;
		return last;
	}
	bucket = &buckets[bucket_of(id, user)];
	for (entry = *bucket; entry; entry = entry->next)
		if (is_entry_of(entry, id, user))
			break;
	if (!entry) {
		if (nr_entries >= NAMES_MAX)
			remove_one();
		entry = calloc(1, sizeof(*entry));
		if (!entry)
			return NULL;
		memcpy(entry->container.id, id, strlen(id) + 1);
		entry->container.user = user;
		entry->next = *bucket;
		*bucket = entry;
		nr_entries++;
	}
	entry->used = ++uses;
	last = entry;
	return entry;
}

static uint64_t retry_time(uint64_t first, unsigned int times)
{
	if (times > DOUBLE_MAX)
		times = DOUBLE_MAX;
	return clock_boot_ns() + (first << times);
}

static struct hung *find_hung(uint32_t user)
{
	size_t i;

	for (i = 0; i < HUNG_MAX; i++)
		if (hung[i].times && hung[i].user == user)
			return &hung[i];
	return NULL;
}

static void add_hung(uint32_t user)
{
	struct hung *of_user = find_hung(user);

	if (!of_user) {
		of_user = &hung[oldest_hung++ % HUNG_MAX];
		*of_user = (struct hung){ .user = user };
	}
	of_user->retry_ns = retry_time(HUNG_NS, of_user->times++);
}

/* Whether it is time to look up the names of @entry. */
static bool is_due(const struct entry *entry)
{
	const struct hung *of_user;
	uint64_t now;

	if (names_known(&entry->container.names) && !entry->stale &&
	    !entry->stored)
		return false;
	now = clock_boot_ns();
	if (now < entry->retry_ns)
		return false;
	of_user = find_hung(entry->container.user);
	return !of_user || now >= of_user->retry_ns;
}

static bool same_names(const struct container_names *a,
		       const struct container_names *b)
{
	return !strcmp(a->name, b->name) && !strcmp(a->pod, b->pod) &&
	       !strcmp(a->pod_namespace, b->pod_namespace);
}

/* Marks others that have the names of @entry. */
static void mark_stale(const struct entry *entry)
{
	struct entry *other;
	size_t i;

	for (i = 0; i < BUCKETS; i++)
		for (other = buckets[i]; other; other = other->next)
			if (other != entry &&
			    other->container.user == entry->container.user &&
			    same_names(&other->container.names,
				       &entry->container.names))
				other->stale = true;
}

/* Takes over what a look-up of @query found. */
static void store_names(const struct names_query *query,
			const struct container_names *names)
{
	struct entry *entry = entry_of(query->id, query->user);

	if (!entry)
		return;
	/* One that is gone keeps its names. */
	entry->stale = false;
	entry->stored = false;
	if (!names_known(names)) {
		entry->retry_ns = retry_time(RETRY_NS, entry->failed++);
	} else if (!same_names(&entry->container.names, names)) {
		entry->container.names = *names;
		mark_stale(entry);
		changed = true;
	}
}

/* Removes from @queries those of @user. Returns the number that is left. */
static size_t remove_user(struct names_query *queries, size_t count,
			  uint32_t user)
{
	size_t i, kept = 0;

	for (i = 0; i < count; i++)
		if (queries[i].user != user)
			queries[kept++] = queries[i];
	return kept;
}

static int by_user(const void *a, const void *b)
{
	const struct names_query *left = a, *right = b;

	return (left->user > right->user) - (left->user < right->user);
}

/*
 * Looks up what @queries ask for, and overwrites them. Root's containers come
 * first: users whose files hang may end it.
 */
static void look_up(struct names_query *queries, size_t count)
{
	struct container_names *names = calloc(count + 1, sizeof(*names));
	size_t answered, i;
	int error = 0, failures = 0;

	if (count)
		qsort(queries, count, sizeof(*queries), by_user);
	while (names && count) {
		answered = names_lookup(queries, count, names, &error);
		for (i = 0; i < answered; i++)
			store_names(&queries[i], &names[i]);
		queries += answered;
		count -= answered;
		if (!count || error == -EINTR)
			break;
		add_hung(queries->user);
		if (++failures == FAILURES_MAX)
			break;
		count = remove_user(queries, count, queries->user);
	}
	free(names);
}

static void copy_names(struct container_names *to,
		       const struct container_names *from)
{
	memcpy(to->name, from->name, strlen(from->name) + 1);
	memcpy(to->pod, from->pod, strlen(from->pod) + 1);
	memcpy(to->pod_namespace, from->pod_namespace,
	       strlen(from->pod_namespace) + 1);
	memcpy(to->user, from->user, strlen(from->user) + 1);
	to->stop_signal = from->stop_signal;
}

/*
 * Whether there is nothing to look up: an id that is a name, but for that of its
 * user.
 */
static bool is_its_name(const struct container *container)
{
	return !container->user && !container_is_id(container->id);
}

/* Reads the store, the first time that it is called. */
static void read_store(void)
{
	struct container *list;
	struct entry *entry;
	static bool done;
	size_t count;

	if (done)
		return;
	done = true;
	if (names_store_read(&list, &count) == -EPROTO)
		error_print("%s is damaged: names in it are ignored",
			    NAMES_STORE);
	/* The one that was used last is the first. */
	while (count--) {
		entry = entry_of(list[count].id, list[count].user);
		if (!entry)
			break;
		entry->container = list[count];
		entry->stored = true;
	}
	free(list);
}

void names_keep(void)
{
	read_store();
	keeping = true;
}

/* Orders entries by use, the last one first. */
static int by_use(const void *a, const void *b)
{
	const struct entry *left = *(const struct entry *const *)a;
	const struct entry *right = *(const struct entry *const *)b;

	return (left->used < right->used) - (left->used > right->used);
}

static int write_store(void)
{
	const struct container *containers[NAMES_MAX];
	struct entry *entries[NAMES_MAX];
	size_t i, count = list_entries(entries), named = 0;

	if (count)
		qsort(entries, count, sizeof(*entries), by_use);
	for (i = 0; i < count; i++)
		if (names_known(&entries[i]->container.names))
			containers[named++] = &entries[i]->container;
	return names_store_write(containers, named);
}

void names_flush(void)
{
	int error;

	if (!keeping || !changed)
		return;
	changed = false;
	error = write_store();
	if (!error)
		return;
	keeping = false;
	error_print("names of containers cannot be kept in %s: %s", NAMES_STORE,
		    strerror(-error));
}

void names_find(struct container *container, uint32_t pid)
{
	static const struct container_names none;
	struct names_query query = {
		.id = container->id,
		.user = container->user,
		.pid = pid,
	};
	struct entry *entry;

	copy_names(&container->names, &none);
	if (is_its_name(container)) {
		memcpy(container->names.name, container->id,
		       strlen(container->id) + 1);
		return;
	}
	read_store();
	entry = entry_of(container->id, container->user);
	if (!entry)
		return;
	if (!known_only && is_due(entry)) {
		look_up(&query, 1);
		entry = entry_of(container->id, container->user);
	}
	if (entry)
		copy_names(&container->names, &entry->container.names);
}

void names_find_all(const struct names_query *queries, size_t count)
{
	struct names_query *due = calloc(count + 1, sizeof(*due));
	struct entry *entry;
	size_t nr_due = 0;
	uint64_t first;

	read_store();
	first = uses;
	for (; due && count; count--, queries++) {
		if (!container_is_id(queries->id))
			continue;
		entry = entry_of(queries->id, queries->user);
		/* A container may be asked for several times. */
		if (!entry || entry->listed > first || !is_due(entry))
			continue;
		entry->listed = uses;
		due[nr_due++] = *queries;
	}
	look_up(due, nr_due);
	free(due);
}

void names_find_known(void)
{
	known_only = true;
}

void names_find_tasks(const struct task *tasks, size_t count)
{
	struct names_query *queries = calloc(count + 1, sizeof(*queries));
	const struct task *task;
	size_t nr_queries = 0;

	for (task = tasks; queries && task < tasks + count; task++)
		if (task->container)
			queries[nr_queries++] = (struct names_query){
				.id = task->container,
				.user = task->container_user,
				.pid = task->process.pid,
			};
	if (queries)
		names_find_all(queries, nr_queries);
	free(queries);
}

static const struct container *fill(const char *id, uint32_t user, uint32_t pid,
				    struct container *container)
{
	size_t len = id ? strlen(id) : 0;

	if (!len || len >= CONTAINER_SIZE)
		return NULL;
	memcpy(container->id, id, len + 1);
	container->user = user;
	names_find(container, pid);
	return container;
}

const struct container *names_of_id(const char *id, uint32_t user,
				    struct container *container)
{
	return fill(id, user, 0, container);
}

const struct container *names_of_task(const struct task *task,
				      struct container *container)
{
	return fill(task->container, task->container_user, task->process.pid,
		    container);
}
