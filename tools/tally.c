// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "container.h"
#include "list.h"
#include "tally.h"

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_processes(const struct process *a, const struct process *b)
{
	int order = compare(a->has, b->has);

	if (!order)
		order = compare(a->pid, b->pid);
	if (!order)
		order = compare(a->start_ns, b->start_ns);
	return order ? order : strcmp(a->comm, b->comm);
}

/* Whether they are of the same row. */
static int compare_kinds(const void *a, const void *b)
{
	const struct tally_row *left = a, *right = b;
	int order = compare(left->signal, right->signal);

	if (!order)
		order = compare(left->result, right->result);
	if (!order)
		order = compare_processes(&left->target, &right->target);
	return order ? order : compare_processes(&left->sender, &right->sender);
}

static struct tally_row *find_row(const struct tally *tally,
				  const struct tally_row *kind)
{
	struct tally_row *const *found;

	found = tfind(kind, &tally->index, compare_kinds);
	return found ? *found : NULL;
}

static void free_row(struct tally_row *row)
{
	free(row->sender_container);
	free(row->target_container);
	free(row);
}

static struct tally_row *add_row(struct tally *tally,
				 const struct tally_row *kind)
{
	struct tally_row *row = malloc(sizeof(*row));
	struct tally_row **last;

	if (!row)
		return NULL;
	*row = *kind;
	last = list_add(&tally->rows, &tally->nr_rows, sizeof(*last));
	if (!last) {
		free(row);
		return NULL;
	}
	*last = row;
	return tsearch(row, &tally->index, compare_kinds) ? row : NULL;
}

static char *copy(const char *container)
{
	return container ? strdup(container) : NULL;
}

/* The container of a row's processes, as it is when they first come. */
static void find_containers(struct tally_row *row, const char *container)
{
	row->target_container = copy(container);
	if (row->sender.has)
		row->sender_container =
			copy(container_of_process(0, &row->sender));
}

static struct tally_row *row_of(struct tally *tally, const struct event *event,
				const char *container)
{
	struct tally_row kind = {
		.signal = event->signal,
		.result = event->result,
		.sender = event->process[ROLE_SENDER],
		.target = event->process[ROLE_TARGET],
	};
	struct tally_row *row = find_row(tally, &kind);

	if (row)
		return row;
	if (tally->nr_rows < TALLY_ROWS_MAX) {
		row = add_row(tally, &kind);
		if (row)
			find_containers(row, container);
		return row;
	}
	tally->full = true;
	kind.sender = (struct process){ 0 };
	kind.target = (struct process){ 0 };
	row = find_row(tally, &kind);
	return row ? row : add_row(tally, &kind);
}

int tally_add(struct tally *tally, const struct event *event,
	      const char *container)
{
	struct tally_row *row = row_of(tally, event, container);

	if (!row)
		return -ENOMEM;
	if (!row->count++)
		row->first_ns = event->boot_ns;
	row->last_ns = event->boot_ns;
	row->changed = true;
	tally->signals++;
	return 0;
}

static int by_count(const void *a, const void *b)
{
	const struct tally_row *left = *(struct tally_row *const *)a;
	const struct tally_row *right = *(struct tally_row *const *)b;
	int order = compare(right->count, left->count);

	if (!order)
		order = compare(right->last_ns, left->last_ns);
	return order ? order : compare_kinds(left, right);
}

void tally_sort(struct tally *tally)
{
	if (tally->nr_rows)
		qsort(tally->rows, tally->nr_rows, sizeof(*tally->rows),
		      by_count);
}

void tally_printed(struct tally *tally)
{
	size_t i;

	for (i = 0; i < tally->nr_rows; i++)
		tally->rows[i]->changed = false;
}

/* Rows are freed as such. */
static void keep_row(void *row)
{
	(void)row;
}

void tally_free(struct tally *tally)
{
	size_t i;

	tdestroy(tally->index, keep_row);
	for (i = 0; i < tally->nr_rows; i++)
		free_row(tally->rows[i]);
	free(tally->rows);
	*tally = (struct tally){ 0 };
}
