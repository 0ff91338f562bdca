/* SPDX-License-Identifier: GPL-2.0 */
/* Signals, counted: a row for all that are alike. */
#ifndef NSORPHAN_TALLY_H
#define NSORPHAN_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

/*
 * More rows than these are not told apart by their processes, so that a storm
 * among ever new ones does not take all memory: some 8 MB.
 */
#define TALLY_ROWS_MAX	16384

/*
 * Signals of one number between two processes, under the same names, of which
 * the same became. Beyond TALLY_ROWS_MAX those between any others: target.has
 * is 0.
 */
struct tally_row {
	uint32_t	signal;
	uint32_t	result;		/* enum nsorphan_signal_result */
	struct process	sender;		/* has is 0: the kernel */
	struct process	target;
	char		*sender_container;	/* NULL: none is known */
	char		*target_container;
	uint64_t	count;
	uint64_t	first_ns;	/* since boot */
	uint64_t	last_ns;
	bool		changed;	/* since tally_printed() */
};

/* Zeroed: nothing was counted. */
struct tally {
	struct tally_row **rows;
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
int tally_add(struct tally *tally, const struct event *event,
	      const char *container);

/* The most frequent first; of those alike, the one that came last. */
void tally_sort(struct tally *tally);

/* No row is changed from here on. */
void tally_printed(struct tally *tally);

void tally_free(struct tally *tally);

/* In tally-text.c and tally-json.c: see print.h. */
void text_signals(const struct tally *tally, bool end);
void json_signals(const struct tally *tally, bool end);

#endif
