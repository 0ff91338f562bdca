// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "genl/signal-count.h"
#include "lib/array.h"
#include "proc/container.h"

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

/* Orders by what a row has in common: 0 for signals of the same row. */
static int compare_keys(const void *a, const void *b)
{
	const struct signal_count *left = a, *right = b;
	int order = compare(left->signal, right->signal);

	if (!order)
		order = compare(left->result, right->result);
	if (!order)
		order = compare(left->cause, right->cause);
	if (!order)
		order = compare_processes(&left->target, &right->target);
	return order ? order : compare_processes(&left->sender, &right->sender);
}

static struct signal_count *find_row(const struct signal_counts *counts,
				     const struct signal_count *key)
{
	struct signal_count *const *found;

	found = tfind(key, &counts->index, compare_keys);
	return found ? *found : NULL;
}

static void free_row(struct signal_count *row)
{
	free(row->sender_container);
	free(row->target_container);
	free(row);
}

static struct signal_count *add_row(struct signal_counts *counts,
				    const struct signal_count *key)
{
	struct signal_count *row = malloc(sizeof(*row));
	struct signal_count **last;

	if (!row)
		return NULL;
	*row = *key;
	last = array_add(&counts->rows, &counts->nr_rows, sizeof(*last));
	if (!last) {
		free(row);
		return NULL;
	}
	*last = row;
	return tsearch(row, &counts->index, compare_keys) ? row : NULL;
}

/* Looks up the containers of a new row's processes. */
static void find_containers(struct signal_count *row,
			    const struct container *container)
{
	struct container sender;

	if (container) {
		row->target_container = strdup(container->id);
		row->target_user = container->user;
	}
	if (row->sender.has &&
	    container_of_process(&row->sender, &sender)) {
		row->sender_container = strdup(sender.id);
		row->sender_user = sender.user;
	}
}

/* Returns the row of signal @event, made where needed; NULL: no memory. */
static struct signal_count *row_of(struct signal_counts *counts,
				   const struct event *event,
				   const struct container *container)
{
	struct signal_count key = {
		.signal = event->signal,
		.result = event->result,
		.cause = event->cause,
		.sender = event->process[ROLE_SENDER],
		.target = event->process[ROLE_TARGET],
	};
	struct signal_count *row = find_row(counts, &key);

	if (row)
		return row;
	if (counts->nr_rows < SIGNAL_COUNT_ROWS_MAX) {
		row = add_row(counts, &key);
		if (row)
			find_containers(row, container);
		return row;
	}
	counts->full = true;
	key.cause = 0;
	key.sender = (struct process){ 0 };
	key.target = (struct process){ 0 };
	row = find_row(counts, &key);
	return row ? row : add_row(counts, &key);
}

int signal_counts_add(struct signal_counts *counts, const struct event *event,
		      const struct container *container)
{
	struct signal_count *row = row_of(counts, event, container);

	if (!row)
		return -ENOMEM;
	if (!row->count++)
		row->first_ns = event->boot_ns;
	row->last_ns = event->boot_ns;
	row->changed = true;
	counts->signals++;
	return 0;
}

static int by_count(const void *a, const void *b)
{
	const struct signal_count *left = *(struct signal_count *const *)a;
	const struct signal_count *right = *(struct signal_count *const *)b;
	int order = compare(right->count, left->count);

	if (!order)
		order = compare(right->last_ns, left->last_ns);
	return order ? order : compare_keys(left, right);
}

void signal_counts_sort(struct signal_counts *counts)
{
	if (counts->nr_rows)
		qsort(counts->rows, counts->nr_rows, sizeof(*counts->rows),
		      by_count);
}

void signal_counts_printed(struct signal_counts *counts)
{
	size_t i;

	for (i = 0; i < counts->nr_rows; i++)
		counts->rows[i]->changed = false;
}

/* Frees nothing: signal_counts_free() frees the rows. */
static void free_nothing(void *row)
{
	(void)row;
}

void signal_counts_free(struct signal_counts *counts)
{
	size_t i;

	tdestroy(counts->index, free_nothing);
	for (i = 0; i < counts->nr_rows; i++)
		free_row(counts->rows[i]);
	free(counts->rows);
	*counts = (struct signal_counts){ 0 };
}
