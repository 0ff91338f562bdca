/* SPDX-License-Identifier: GPL-2.0 */
/* Counts of signals: a row for all that are alike. */
#ifndef NSORPHAN_SIGNAL_COUNT_H
#define NSORPHAN_SIGNAL_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "genl/event.h"

/*
 * Maximum number of rows that are kept apart by processes, which bounds memory
 * to some 8 MB where ever new processes send signals.
 */
#define SIGNAL_COUNT_ROWS_MAX	16384

/*
 * The number of signals with the same signal number, result, cause, sender and
 * target (and their names). Beyond SIGNAL_COUNT_ROWS_MAX a row counts those of all
 * other processes together: target.has is 0.
 */
struct signal_count {
	uint32_t	signal;
	uint32_t	result;		/* enum nsorphan_signal_result */
	uint32_t	cause;		/* enum nsorphan_signal_cause; 0: none */
	struct process	sender;		/* has is 0: the kernel */
	struct process	target;
	char		*sender_container;	/* id; NULL: none known */
	char		*target_container;	/* id; NULL: none known */
	uint32_t	sender_user;	/* see container_user() */
	uint32_t	target_user;
	uint64_t	count;
	uint64_t	first_ns;	/* since boot */
	uint64_t	last_ns;	/* since boot */
	bool		changed;	/* since signal_counts_printed() */
};

/* All rows; zeroed: none. */
struct signal_counts {
	struct signal_count **rows;
	size_t		nr_rows;
	void		*index;		/* the same rows, for tsearch() */
	bool		full;		/* SIGNAL_COUNT_ROWS_MAX was exceeded */
	uint64_t	signals;	/* the sum of all counts */
	uint64_t	lost;		/* events that could not be read */
};

/*
 * Counts the signal @event, whose target is in @container (NULL: none known).
 * Returns 0 or -ENOMEM.
 */
int signal_counts_add(struct signal_counts *counts, const struct event *event,
		      const struct container *container);

/* Sorts by count, the highest first; of equal counts, the latest first. */
void signal_counts_sort(struct signal_counts *counts);

/* Clears changed in every row. */
void signal_counts_printed(struct signal_counts *counts);

void signal_counts_free(struct signal_counts *counts);

#endif
