// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/candidates.h"
#include "explain/container-match.h"
#include "explain/target-recorded.h"
#include "genl/history.h"
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

/* Fills in the container of @teardown. Returns false where there is none. */
static bool find_container(const struct past_teardown *teardown,
			   struct container *container)
{
	return names_of_id(teardown->container, teardown->container_user,
			   container);
}

/* Looks up the names of all containers that are recorded. */
static void find_names(const struct history *history)
{
	const struct past_teardown *teardown = history->teardowns;
	struct names_query *queries;
	size_t i, count = 0;

	queries = calloc(history->nr_teardowns + 1, sizeof(*queries));
	if (!queries)
		error_no_memory();
	for (i = 0; i < history->nr_teardowns; i++, teardown++)
		if (teardown->container[0])
			queries[count++] = (struct names_query){
				.id = teardown->container,
				.user = teardown->container_user,
			};
	names_find_all(queries, count);
	free(queries);
}

/* Returns how @text calls the container of @teardown. */
static enum container_match match_of(const struct past_teardown *teardown,
				     const char *text)
{
	struct container container;

	return find_container(teardown, &container) ?
		       container_match(&container, text) : MATCH_NONE;
}

/* Whether both teardowns are of containers that people call the same. */
static bool are_alike(const struct past_teardown *a,
		      const struct past_teardown *b)
{
	char label[CONTAINER_LABEL_SIZE], other[CONTAINER_LABEL_SIZE];
	struct container container;

	if (!find_container(a, &container))
		return false;
	container_label(&container, label);
	return find_container(b, &container) &&
	       !strcmp(label, container_label(&container, other));
}

enum container_match target_recorded_match(const char *text,
					   const struct history *history)
{
	enum container_match best = MATCH_NONE, match;
	size_t i;

	find_names(history);
	for (i = 0; i < history->nr_teardowns; i++) {
		match = match_of(&history->teardowns[i], text);
		if (match > best)
			best = match;
	}
	return best;
}

/* Teardowns that are called alike, the last one of each name. */
struct chosen {
	const struct past_teardown **list;
	size_t		count;
	struct candidates earlier;	/* others with these names */
};

/* Chooses @teardown, unless a later one with its name was chosen. */
static void choose(struct chosen *chosen, const struct past_teardown *teardown)
{
	char shown[32];
	size_t i;

	for (i = 0; i < chosen->count; i++) {
		if (!are_alike(chosen->list[i], teardown))
			continue;
		snprintf(shown, sizeof(shown), "pidns:%u", teardown->pidns);
		candidates_add(&chosen->earlier, shown);
		return;
	}
	chosen->list[chosen->count++] = teardown;
}

/* Says which containers @text calls. */
static void print_chosen(const char *command, const char *text,
			 enum container_match match,
			 const struct chosen *chosen)
{
	struct candidates candidates = { .count = 0 };
	char label[CONTAINER_LABEL_SIZE], shown[CONTAINER_LABEL_SIZE + 32];
	struct container container;
	size_t i;

	for (i = 0; i < chosen->count; i++) {
		find_container(chosen->list[i], &container);
		snprintf(shown, sizeof(shown), "pidns:%u (%s)",
			 chosen->list[i]->pidns,
			 container_label(&container, label));
		candidates_add(&candidates, shown);
	}
	error_print_of(command, "%zu containers that are gone %s '%s': %s",
		       candidates.count,
		       match >= MATCH_NAME ? "are called" : "begin with", text,
		       candidates.list);
}

bool target_recorded_find(const char *command, const char *text,
			  const struct history *history,
			  enum container_match match,
			  void (*add)(void *context, uint32_t pidns),
			  void *context)
{
	struct chosen chosen = { .count = 0 };
	bool found;
	size_t i;

	chosen.list = calloc(history->nr_teardowns + 1, sizeof(*chosen.list));
	if (!chosen.list)
		error_no_memory();
	for (i = history->nr_teardowns; i > 0; i--)
		if (match_of(&history->teardowns[i - 1], text) == match)
			choose(&chosen, &history->teardowns[i - 1]);
	found = chosen.count == 1 || match == MATCH_POD;
	if (!found)
		print_chosen(command, text, match, &chosen);
	for (i = 0; found && i < chosen.count; i++)
		add(context, chosen.list[i]->pidns);
	if (found && chosen.earlier.count)
		error_print_of(command, "%zu earlier: %s", chosen.earlier.count,
			       chosen.earlier.list);
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
