// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "explain/candidates.h"
#include "explain/container-match.h"
#include "explain/target-recorded.h"
#include "genl/history.h"
#include "genl/life.h"
#include "lib/array.h"
#include "lib/error.h"
#include "proc/container-names.h"
#include "proc/names-cache.h"
#include "proc/procfs.h"

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

static struct gone_container *add_gone(struct gone_containers *gone)
{
	return array_add(&gone->list, &gone->count, sizeof(*gone->list));
}

/* The lives of the ledger, and the container of each. */
struct ledger {
	const struct life *lives;
	struct container *containers;
	size_t		count;
};

/* Adds the lives that are over. */
static int add_lives(const struct ledger *ledger, struct gone_containers *gone)
{
	struct gone_container *added;
	const struct life *life;
	size_t i;

	for (i = 0; i < ledger->count; i++) {
		life = &ledger->lives[i];
		if (!life->end_ns || !ledger->containers[i].id[0])
			continue;
		added = add_gone(gone);
		if (!added)
			return -ENOMEM;
		*added = (struct gone_container){
			.container = ledger->containers[i],
			.life = life,
			.pidns = life->main.pidns,
			.end_ns = life->end_ns,
		};
	}
	return 0;
}

/* Whether the ledger has a life of the container of @teardown. */
static bool is_in_ledger(const struct past_teardown *teardown,
			 const struct ledger *ledger)
{
	const struct container *container = ledger->containers;
	const struct container *end = container + ledger->count;

	for (; container < end; container++)
		if (container->user == teardown->container_user &&
		    !strcmp(container->id, teardown->container))
			return true;
	return false;
}

/* Looks up the names of all containers that are recorded. */
static int find_names(const struct history *history)
{
	const struct past_teardown *teardown = history->teardowns;
	struct names_query *queries;
	size_t i, count = 0;

	queries = calloc(history->nr_teardowns + 1, sizeof(*queries));
	if (!queries)
		return -ENOMEM;
	for (i = 0; i < history->nr_teardowns; i++, teardown++)
		if (teardown->container[0])
			queries[count++] = (struct names_query){
				.id = teardown->container,
				.user = teardown->container_user,
			};
	names_find_all(queries, count);
	free(queries);
	return 0;
}

/*
 * Adds the containers that @history alone has. The ledger knows which pid
 * namespaces are within a container, and which one is its own.
 */
static int add_recorded(const struct history *history,
			const struct ledger *ledger,
			struct gone_containers *gone)
{
	const struct past_teardown *teardown = history->teardowns;
	struct gone_container *added;
	int error = find_names(history);
	size_t i;

	for (i = 0; !error && i < history->nr_teardowns; i++, teardown++) {
		if (!teardown->container[0] || is_in_ledger(teardown, ledger))
			continue;
		added = add_gone(gone);
		if (!added)
			return -ENOMEM;
		names_of_id(teardown->container, teardown->container_user,
			    &added->container);
		added->pidns = teardown->pidns;
		added->end_ns = teardown->end.boot_ns ?
					teardown->end.boot_ns :
					teardown->begin.boot_ns;
	}
	return error;
}

static int by_end(const void *one, const void *other)
{
	const struct gone_container *a = one, *b = other;

	return (a->end_ns > b->end_ns) - (a->end_ns < b->end_ns);
}

int gone_read(const struct lives *lives, const struct history *history,
	      struct gone_containers *gone)
{
	struct ledger ledger = { .count = 0 };
	int error;

	*gone = (struct gone_containers){ .count = 0 };
	if (lives) {
		ledger.lives = lives->list;
		ledger.containers = lives_containers(lives);
		if (!ledger.containers)
			return -ENOMEM;
		ledger.count = lives->count;
	}
	error = add_lives(&ledger, gone);
	if (!error && history)
		error = add_recorded(history, &ledger, gone);
	free(ledger.containers);
	if (gone->count)
		qsort(gone->list, gone->count, sizeof(*gone->list), by_end);
	return error;
}

void gone_free(struct gone_containers *gone)
{
	free(gone->list);
	*gone = (struct gone_containers){ .count = 0 };
}

/* Whether people call both containers the same. */
static bool are_alike(const struct container *a, const struct container *b)
{
	char label[CONTAINER_LABEL_SIZE], other[CONTAINER_LABEL_SIZE];

	return !strcmp(container_label(a, label), container_label(b, other));
}

enum container_match gone_match(const char *text,
				const struct gone_containers *gone)
{
	enum container_match best = MATCH_NONE, match;
	size_t i;

	for (i = 0; i < gone->count; i++) {
		match = container_match(&gone->list[i].container, text);
		if (match > best)
			best = match;
	}
	return best;
}

size_t gone_count(const struct gone_containers *gone,
		  const struct container *container, uint64_t end_ns)
{
	size_t i, count = 0;

	for (i = 0; i < gone->count; i++)
		count += gone->list[i].end_ns < end_ns &&
			 are_alike(&gone->list[i].container, container);
	return count;
}

/* Containers that are called alike, the last one of each name. */
struct chosen {
	const struct gone_container **list;
	size_t		count;
};

/* Chooses @gone, unless a later one with its name was chosen. */
static void choose(struct chosen *chosen, const struct gone_container *gone)
{
	size_t i;

	for (i = 0; i < chosen->count; i++)
		if (are_alike(&chosen->list[i]->container, &gone->container))
			return;
	chosen->list[chosen->count++] = gone;
}

/* Says which containers @text calls. */
static void print_chosen(const char *command, const char *text,
			 enum container_match match,
			 const struct chosen *chosen)
{
	struct candidates candidates = { .count = 0 };
	size_t i;

	for (i = 0; i < chosen->count; i++)
		candidates_add_container(&candidates,
					 &chosen->list[i]->container);
	error_print_of(command, "%zu containers that are gone %s '%s': %s",
		       candidates.count,
		       match >= MATCH_NAME ? "are called" : "begin with", text,
		       candidates.list);
}

bool gone_find(const char *command, const char *text,
	       const struct gone_containers *gone, enum container_match match,
	       void (*add)(void *context, const struct gone_container *found),
	       void *context)
{
	struct chosen chosen = { .count = 0 };
	bool found;
	size_t i;

	chosen.list = calloc(gone->count + 1, sizeof(*chosen.list));
	if (!chosen.list)
		error_no_memory();
	for (i = gone->count; i > 0; i--)
		if (container_match(&gone->list[i - 1].container, text) == match)
			choose(&chosen, &gone->list[i - 1]);
	found = chosen.count == 1 || match == MATCH_POD;
	if (!found)
		print_chosen(command, text, match, &chosen);
	for (i = 0; found && i < chosen.count; i++)
		add(context, chosen.list[i]);
	free(chosen.list);
	return found;
}

void target_recorded_none(const char *command, const char *text, uint32_t pid,
			  const struct history *history)
{
	if (pid)
		print_no_process(command, pid, history);
	else if (strchr(text, '/'))
		error_print_of(command,
			       "no container of a pod '%s' runs here or is recorded",
			       text);
	else
		error_print_of(command,
			       "no process is in a container that begins with '%s'",
			       text);
}
