// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libsmartcols/libsmartcols.h>

#include "cause.h"
#include "out.h"
#include "print-table.h"
#include "utf8.h"
#include "util.h"

enum { PROCESS, STATE, PARENT, TRACER, HELD };

static const char *const headings[] = {
	[PROCESS] = "PROCESS",
	[STATE] = "STATE",
	[PARENT] = "PARENT",
	[TRACER] = "TRACER",
	[HELD] = "WHAT HOLDS IT",
};

__printf(3, 4)
static void set(struct libscols_line *line, size_t column, const char *format,
		...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0 ||
	    scols_line_refer_data(line, column, text))
		abort();
	va_end(args);
}

/* As in events: NAME PID, or NAME PID/NS-PID. */
static void set_process(struct libscols_line *line, size_t column,
			const struct process *process)
{
	char name[COMM_MAX * UTF8_ESCAPED_MAX + 1];

	if (!process->has) {
		set(line, column, "-");
		return;
	}
	name[utf8_escape(process->comm, strlen(process->comm), name,
			 sizeof(name) - 1)] = '\0';
	if (process->ns_pid == process->pid)
		set(line, column, "%s %u", name, process->pid);
	else
		set(line, column, "%s %u/%u", name, process->pid,
		    process->ns_pid);
}

static void set_state(struct libscols_line *line, const struct process *process)
{
	const char *state = event_state_name(process->state);

	if (process_has(process, NSORPHAN_A_PROCESS_THREAD_STATE))
		set(line, STATE, "%s, thread %u %s", state, process->tid,
		    event_state_name(process->thread_state));
	else
		set(line, STATE, "%s", state);
}

static void add_left(struct libscols_table *table, const struct left *left)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);

	if (!line)
		abort();
	set_process(line, PROCESS, &left->process);
	set_state(line, &left->process);
	set_process(line, PARENT, &left->parent);
	set_process(line, TRACER, &left->tracer);
	set(line, HELD, "%s", cause_words(cause_of(left)));
}

static void put_indented(const char *text)
{
	const char *end;

	for (; *text; text = end + (*end == '\n')) {
		end = strchrnul(text, '\n');
		out_string("  ");
		out_bytes(text, (size_t)(end - text));
		out_string("\n");
	}
}

void table_of_left(const struct teardown *teardown)
{
	struct libscols_table *table = scols_new_table();
	char *text;
	size_t i;

	if (!table)
		abort();
	/* Names are safe already; what made them so is not to be escaped. */
	scols_table_enable_noencoding(table, 1);
	for (i = 0; i < ARRAY_SIZE(headings); i++)
		if (!scols_table_new_column(table, headings[i], 0, 0))
			abort();
	for (i = 0; i < teardown->count; i++)
		add_left(table, &teardown->left[i]);
	if (scols_print_table_to_string(table, &text))
		abort();
	put_indented(text);
	free(text);
	scols_unref_table(table);
}
