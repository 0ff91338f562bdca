/* SPDX-License-Identifier: GPL-2.0 */
/* Signals, counted: a row for all that are alike. */
#ifndef NSORPHAN_TALLY_H
#define NSORPHAN_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "genl/event.h"

/*
 * More rows than these are not told apart by their processes, so that a storm
 * among ever new ones does not take all memory: some 8 MB.
 */
#define SIGNAL_COUNT_ROWS_MAX	16384

/*
 * Signals of one number between two processes, under the same names, of which
 * the same became. Beyond SIGNAL_COUNT_ROWS_MAX those between any others: target.has
 * is 0.
 */
struct signal_count {
	uint32_t	signal;
	uint32_t	result;		/* enum nsorphan_signal_result */
	struct process	sender;		/* has is 0: the kernel */
	struct process	target;
	char		*sender_container;	/* NULL: none is known */
	char		*target_container;
	uint64_t	count;
	uint64_t	first_ns;	/* since boot */
	uint64_t	last_ns;
	bool		changed;	/* since signal_counts_printed() */
};

/* Zeroed: nothing was counted. */
struct signal_counts {
	struct signal_count **rows;
	size_t		nr_rows;
	void		*index;		/* the same, of tsearch() */
	bool		full;		/* some rows are of any others */
	uint64_t	signals;	/* the sum of all counts */
	uint64_t	lost;		/* events that could not be looked at */
};

/*
 * Counts the signal @event, whose target is in @container (NULL: in none that
 * is known). Returns 0 or -ENOMEM.
 */
int signal_counts_add(struct signal_counts *counts, const struct event *event,
	      const char *container);

/* The most frequent first; of those alike, the one that came last. */
void signal_counts_sort(struct signal_counts *counts);

/* No row is changed from here on. */
void signal_counts_printed(struct signal_counts *counts);

void signal_counts_free(struct signal_counts *counts);

/* In text-signals.c and json-signals.c: see output.h. */
void format_signals(const struct signal_counts *counts, bool end);
void json_signals(const struct signal_counts *counts, bool end);

#endif
