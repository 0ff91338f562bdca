// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <langinfo.h>
#include <libsmartcols.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/clock.h"
#include "proc/container.h"
#include "output/stdout.h"
#include "output/format.h"
#include "explain/process-tree.h"
#include "lib/utf8.h"

#define ID_LEN		64
#define ID_SHOWN	12	/* as docker ps shows them */

enum {
	COLUMN_PID,
	COLUMN_NS_PIDS,
	COLUMN_STATE,
	COLUMN_CONTAINER,
	COLUMN_COMMAND,
	COLUMN_NOTES,
	COLUMNS,
};

static const struct {
	const char *name;
	int flags;
} columns[COLUMNS] = {
	[COLUMN_PID]		= { "PID", SCOLS_FL_RIGHT },
	[COLUMN_NS_PIDS]	= { "NSPIDS", 0 },
	[COLUMN_STATE]		= { "STATE", 0 },
	[COLUMN_CONTAINER]	= { "CONTAINER", 0 },
	[COLUMN_COMMAND]	= { "COMMAND", SCOLS_FL_TREE },
	[COLUMN_NOTES]		= { "NOTES", 0 },
};

static void escape(const char *s, size_t len, char *to, size_t size)
{
	to[utf8_escape(s, len, to, size - 1)] = '\0';
}

/* In each namespace below the initial one: "7/1". */
static void format_ns_pids(const struct task *task, char *text, size_t size)
{
	size_t len = 0;
	unsigned int i;

	text[0] = '\0';
	for (i = 1; i < task->levels && len < size; i++)
		len += (size_t)snprintf(text + len, size - len, "%s%u",
					i > 1 ? "/" : "", task->ns_pids[i]);
}

static void format_container(const struct task *task, char *text, size_t size)
{
	size_t len = task->container ? strlen(task->container) : 0;

	escape(task->container, len == ID_LEN ? ID_SHOWN : len, text, size);
}

/* "14:03:22", or "11-23 14:03:22" where that was not today. */
static void tree_time(uint64_t boot_ns, char *text, size_t size)
{
	time_t then = (time_t)(clock_real_ns(boot_ns) / NS_PER_SEC);
	time_t now = (time_t)(clock_real_ns(clock_boot_ns()) / NS_PER_SEC);
	struct tm tm, today;
	bool same;

	text[0] = '\0';
	if (!localtime_r(&then, &tm) || !localtime_r(&now, &today))
		return;
	same = tm.tm_yday == today.tm_yday && tm.tm_year == today.tm_year;
	strftime(text, size, same ? "%H:%M:%S" : "%m-%d %H:%M:%S", &tm);
}

__printf(3, 4)
static void note(char *notes, size_t size, const char *format, ...)
{
	size_t len = strlen(notes);
	va_list args;

	if (len)
		len += (size_t)snprintf(notes + len, size - len, ", ");
	va_start(args, format);
	vsnprintf(notes + len, size - len, format, args);
	va_end(args);
}

static void format_notes(const struct tree_node *node, char *notes, size_t size)
{
	char comm[COMM_MAX * UTF8_ESCAPED_MAX + 1], when[32];

	notes[0] = '\0';
	if (node->task->letter == 'Z')
		note(notes, size, "zombie");
	if (node->subreaper)
		note(notes, size, "subreaper");
	if (node->orphan) {
		escape(node->orphan->lost.comm, strlen(node->orphan->lost.comm),
		       comm, sizeof(comm));
		tree_time(node->orphan->boot_ns, when, sizeof(when));
		note(notes, size, "lost %s %u %s", comm, node->orphan->lost.pid,
		     when);
	}
	/* That it is outside is usual for an init; who it is nobody shows. */
	if (node->outside && node->up < 0) {
		escape(node->parent->process.comm,
		       strlen(node->parent->process.comm), comm, sizeof(comm));
		note(notes, size, "child of %s %u, outside", comm,
		     node->parent->process.pid);
	}
}

static struct libscols_line *add_line(struct libscols_table *table,
				      const struct tree_node *node,
				      struct libscols_line *up)
{
	char data[COLUMNS][CONTAINER_SIZE * UTF8_ESCAPED_MAX + 1];
	struct libscols_line *line = scols_table_new_line(table, up);
	const struct task *task = node->task;
	size_t i;

	if (!line)
		return NULL;
	snprintf(data[COLUMN_PID], sizeof(*data), "%u", task->process.pid);
	format_ns_pids(task, data[COLUMN_NS_PIDS], sizeof(*data));
	snprintf(data[COLUMN_STATE], sizeof(*data), "%s",
		 event_state_name(task->process.state));
	format_container(task, data[COLUMN_CONTAINER], sizeof(*data));
	escape(task->process.comm, strlen(task->process.comm),
	       data[COLUMN_COMMAND], sizeof(*data));
	format_notes(node, data[COLUMN_NOTES], sizeof(*data));
	for (i = 0; i < COLUMNS; i++)
		if (scols_line_set_data(line, i, data[i]))
			return NULL;
	if (format_colours() && task->letter == 'Z')
		scols_line_set_color(line, "red");
	else if (format_colours() && node->orphan)
		scols_line_set_color(line, "cyan");
	return line;
}

static struct libscols_table *make_table(void)
{
	struct libscols_table *table = scols_new_table();
	size_t i;

	if (!table)
		return NULL;
	/* What is in the cells is harmless already. */
	scols_table_enable_noencoding(table, 1);
	scols_table_enable_colors(table, format_colours());
	scols_table_enable_ascii(table,
				 !!strcmp(nl_langinfo(CODESET), "UTF-8"));
	for (i = 0; i < COLUMNS; i++) {
		if (!scols_table_new_column(table, columns[i].name, 0,
					    columns[i].flags)) {
			scols_unref_table(table);
			return NULL;
		}
	}
	return table;
}

/* Into @lines, one for each node; 0 or -ENOMEM. */
static int fill_table(struct libscols_table *table, const struct process_tree *forest)
{
	struct libscols_line **lines;
	const struct tree_node *node;
	int error = 0;
	size_t i;

	lines = calloc(forest->count, sizeof(*lines));
	if (!lines)
		return -ENOMEM;
	for (i = 0; i < forest->count && !error; i++) {
		node = &forest->nodes[i];
		lines[i] = add_line(table, node,
				    node->up < 0 ? NULL : lines[node->up]);
		error = lines[i] ? 0 : -ENOMEM;
	}
	free(lines);
	return error;
}

/* Without the blanks that make the last column as wide as it can be. */
static void put_lines(const char *text)
{
	size_t len, used;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		for (used = len; used && text[used - 1] == ' ';)
			used--;
		stdout_bytes(text, used);
		stdout_bytes("\n", 1);
	}
}

int text_tree(const struct process_tree *forest)
{
	struct libscols_table *table = make_table();
	char *text = NULL;
	int error;

	if (!table)
		return -ENOMEM;
	error = fill_table(table, forest);
	if (!error)
		error = scols_print_table_to_string(table, &text) ? -ENOMEM : 0;
	if (!error && text)
		put_lines(text);
	free(text);
	scols_unref_table(table);
	return error;
}
