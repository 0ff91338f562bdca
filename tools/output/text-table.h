/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables of text output, laid out by libsmartcols. Where memory is short these
 * functions end the program.
 */
#ifndef NSORPHAN_TEXT_TABLE_H
#define NSORPHAN_TEXT_TABLE_H

#include <stddef.h>

#include <libsmartcols/libsmartcols.h>

#include "lib/process.h"
#include "lib/util.h"

struct table_column {
	const char *heading;
	int flags;		/* SCOLS_FL_* */
};

/* Makes an empty table, which table_print() frees. */
struct libscols_table *table_new(const struct table_column *columns,
				 size_t count);

/* Adds a line. @parent is for a table with a SCOLS_FL_TREE column; or NULL. */
struct libscols_line *table_add_line(struct libscols_table *table,
				     struct libscols_line *parent);

/* Sets a cell. What is printed is safe for a terminal already. */
__printf(3, 4)
void table_set(struct libscols_line *line, size_t column, const char *format,
	       ...);

/* Sets a cell to @text, escaped for terminals. */
void table_set_escaped(struct libscols_line *line, size_t column,
		       const char *text);

/* Sets the colour of a cell: a name of libsmartcols, or NULL for none. */
void table_set_colour(struct libscols_line *line, size_t column,
		      const char *colour);

/* Sets a cell to format_name(), or "-" for no process. */
void table_set_process(struct libscols_line *line, size_t column,
		       const struct process *process);

/* Prints @table, each line after @indent and without trailing blanks. */
void table_print(struct libscols_table *table, const char *indent);

#endif
