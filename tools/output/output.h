/* SPDX-License-Identifier: GPL-2.0 */
/* The formats of output, which --format selects. */
#ifndef NSORPHAN_OUTPUT_H
#define NSORPHAN_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "genl/client.h"
#include "genl/event.h"
#include "genl/teardown.h"

/* The result of one check of selftest. */
struct check {
	const char	*name;
	bool		ok;
	char		detail[160];	/* empty: none */
};

struct explanation;
struct overview;
struct process_tree;
struct signal_counts;
struct container_stop;

/*
 * A format. Its functions print whole lines with stdout.h and leave committing
 * them to the caller. A @container is NULL where none is known.
 */
struct output_format {
	const char *name;

	/* Called before the first event; may be NULL. */
	void (*begin)(void);

	void (*event)(const struct event *event,
		      const struct container *container);

	/* Prints a running teardown: a line for each process, maybe thousands. */
	void (*teardown)(const struct teardown *teardown,
			 const struct container *container);

	/* Prints the rows that changed since the last call; all at the @end. */
	void (*signals)(const struct signal_counts *counts, bool end);

	/* Prints stops; text begins with headings where @heading is set. */
	void (*stops)(const struct container_stop *stops, size_t count,
		      bool heading);

	/* Prints that signals could not count lost events; may be NULL. */
	void (*lost)(const struct event *event);

	void (*status)(const struct status *status);
	void (*checks)(const struct check *checks, size_t count);

	/* NULL: not available in this format. */
	void (*explain)(const struct explanation *explanation);
	/* One of several: text has a paragraph of each. */
	void (*explain_one)(const struct explanation *explanation);
	/* Prints that none of @count containers and pid namespaces needs it; may be NULL. */
	void (*explain_none)(size_t count);
	void (*tree)(const struct process_tree *tree);
	void (*list)(const struct overview *overview);
};

extern const struct output_format output_text, output_json;

/* All formats, the default first; ends with NULL. */
extern const struct output_format *const output_formats[];

#endif
