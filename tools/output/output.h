/* SPDX-License-Identifier: GPL-2.0 */
/* The forms of output. Each is a file print-*.c with one of these in it. */
#ifndef NSORPHAN_PRINT_H
#define NSORPHAN_PRINT_H

#include <stdbool.h>
#include <stddef.h>

#include "genl/client.h"
#include "genl/event.h"
#include "genl/teardown.h"

/* One thing that selftest looked at. */
struct check {
	const char	*name;
	bool		ok;
	char		detail[160];	/* empty: none */
};

struct explanation;
struct process_tree;
struct signal_counts;

/* All print whole lines with out.h, and leave committing to the caller. */
struct output_format {
	const char *name;

	/* Before the first event; may be NULL. */
	void (*begin)(void);

	/* @container: an id or name, or NULL when none is known. */
	void (*event)(const struct event *event, const char *container);

	/* One that runs; it may be thousands of lines. */
	void (*teardown)(const struct teardown *teardown,
			 const char *container);

	/* Those rows that changed since the last time, or at the end all. */
	void (*signals)(const struct signal_counts *counts, bool end);

	/* Events that signals could not count. NULL: it tells the sum. */
	void (*lost)(const struct event *event);

	void (*status)(const struct status *status);

	/* Passed where all are ok. */
	void (*checks)(const struct check *checks, size_t count);

	/* NULL where this form is not for them. The latter: a negative errno. */
	void (*explain)(const struct explanation *explanation);
	int (*tree)(const struct process_tree *forest);
};

extern const struct output_format output_text, output_json;

/* All of them, the default first; ends with a NULL. */
extern const struct output_format *const output_formats[];

#endif
