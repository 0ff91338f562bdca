// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <langinfo.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/error.h"
#include "lib/utf8.h"
#include "output/format.h"
#include "output/stdout.h"
#include "output/terminal.h"
#include "output/text-table.h"

/* Memory is all that the functions of libsmartcols used here can lack. */
static void check(bool success)
{
	if (!success)
		error_no_memory();
}

struct libscols_table *table_new(const struct table_column *columns,
				 size_t count)
{
	struct libscols_table *table = scols_new_table();
	size_t i;

	check(table);
	/* Cells are escaped already; libsmartcols would escape the escapes. */
	scols_table_enable_noencoding(table, 1);
	scols_table_enable_colors(table, terminal_has_colours());
	scols_table_enable_ascii(table, strcmp(nl_langinfo(CODESET), "UTF-8") != 0);
	for (i = 0; i < count; i++)
		check(scols_table_new_column(table, columns[i].heading, 0,
					     columns[i].flags));
	return table;
}

struct libscols_line *table_add_line(struct libscols_table *table,
				     struct libscols_line *parent)
{
	struct libscols_line *line = scols_table_new_line(table, parent);

	check(line);
	return line;
}

void table_set(struct libscols_line *line, size_t column, const char *format,
	       ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	check(vasprintf(&text, format, args) >= 0);
	va_end(args);
	check(!scols_line_refer_data(line, column, text));
}

void table_set_escaped(struct libscols_line *line, size_t column,
		       const char *text)
{
	size_t size = strlen(text) * UTF8_ESCAPED_MAX + 1;
	char *escaped = calloc(1, size);

	check(escaped);
	utf8_escape(text, strlen(text), escaped, size - 1);
	check(!scols_line_refer_data(line, column, escaped));
}

void table_set_colour(struct libscols_line *line, size_t column,
		      const char *colour)
{
	if (colour)
		check(!scols_cell_set_color(scols_line_get_cell(line, column),
					    colour));
}

void table_set_process(struct libscols_line *line, size_t column,
		       const struct process *process)
{
	char name[FORMAT_NAME_SIZE] = "-";

	if (process->has)
		format_name(process, name);
	table_set(line, column, "%s", name);
}

void table_print(struct libscols_table *table, const char *indent)
{
	size_t len, used;
	const char *line;
	char *text;

	check(!scols_print_table_to_string(table, &text));
	for (line = text; *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		for (used = len; used && line[used - 1] == ' ';)
			used--;
		stdout_string(indent);
		stdout_bytes(line, used);
		stdout_string("\n");
	}
	free(text);
	scols_unref_table(table);
}
