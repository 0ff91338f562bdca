// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libsmartcols/libsmartcols.h>

#include "explain/cause.h"
#include "output/stdout.h"
#include "output/text-table.h"
#include "lib/signal-name.h"
#include "output/format.h"
#include "lib/utf8.h"
#include "lib/util.h"

enum { PROCESS, STATE, PARENT, TRACER, HELD };

static const char *const left_headings[] = {
	[PROCESS] = "PROCESS",
	[STATE] = "STATE",
	[PARENT] = "PARENT",
	[TRACER] = "TRACER",
	[HELD] = "WHAT HOLDS IT",
};

enum { COUNT, SIGNAL, RESULT, SENDER, FROM, TARGET, TO, LAST };

static const char *const tally_headings[] = {
	[COUNT] = "COUNT",
	[SIGNAL] = "SIGNAL",
	[RESULT] = "RESULT",
	[SENDER] = "SENDER",
	[FROM] = "FROM",
	[TARGET] = "TARGET",
	[TO] = "TO",
	[LAST] = "LAST",
};

static struct libscols_table *new_table(const char *const headings[],
					size_t count)
{
	struct libscols_table *table = scols_new_table();
	size_t i;

	if (!table)
		abort();
	/* Names are safe already; what made them so is not to be escaped. */
	scols_table_enable_noencoding(table, 1);
	for (i = 0; i < count; i++)
		if (!scols_table_new_column(table, headings[i], 0, 0))
			abort();
	return table;
}

static struct libscols_line *new_line(struct libscols_table *table)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);

	if (!line)
		abort();
	return line;
}

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

static void add_left(struct libscols_table *table, const struct remaining *remaining)
{
	struct libscols_line *line = new_line(table);

	set_process(line, PROCESS, &remaining->process);
	set_state(line, &remaining->process);
	set_process(line, PARENT, &remaining->parent);
	set_process(line, TRACER, &remaining->tracer);
	set(line, HELD, "%s", cause_words(cause_of(remaining)));
}

/* Prints it, each line behind @indent, and frees it. */
static void put_table(struct libscols_table *table, const char *indent)
{
	const char *line, *end;
	char *text;

	if (scols_print_table_to_string(table, &text))
		abort();
	for (line = text; *line; line = end + (*end == '\n')) {
		end = strchrnul(line, '\n');
		stdout_string(indent);
		stdout_bytes(line, (size_t)(end - line));
		stdout_string("\n");
	}
	free(text);
	scols_unref_table(table);
}

void table_of_remaining(const struct teardown *teardown)
{
	struct libscols_table *table = new_table(left_headings,
						 ARRAY_SIZE(left_headings));
	size_t i;

	for (i = 0; i < teardown->count; i++)
		add_left(table, &teardown->remaining[i]);
	put_table(table, "  ");
}

static void set_where(struct libscols_line *line, size_t column,
		      const struct process *process, const char *container)
{
	char where[FORMAT_WHERE_SIZE] = "-";

	if (process->has)
		format_where(container, process->pidns, where);
	set(line, column, "%s", where);
}

static void add_row(struct libscols_table *table, const struct signal_count *row)
{
	struct libscols_line *line = new_line(table);
	char name[SIGNAL_NAME_SIZE], last[FORMAT_MOMENT_SIZE];

	format_moment(row->last_ns, last);
	set(line, COUNT, "%llu", (unsigned long long)row->count);
	set(line, SIGNAL, "%s", signal_name(row->signal, name));
	set(line, RESULT, "%s", event_result_name(row->result));
	set_process(line, SENDER, &row->sender);
	set_where(line, FROM, &row->sender, row->sender_container);
	set_process(line, TARGET, &row->target);
	set_where(line, TO, &row->target, row->target_container);
	set(line, LAST, "%s", last);
	if (row->sender.has)
		return;
	set(line, SENDER, row->target.has ? "the kernel" : "others");
	if (!row->target.has)
		set(line, TARGET, "others");
}

void table_of_signals(const struct signal_counts *counts, bool changed, size_t max)
{
	struct libscols_table *table = new_table(tally_headings,
						 ARRAY_SIZE(tally_headings));
	size_t i;

	scols_column_set_flags(scols_table_get_column(table, COUNT),
			       SCOLS_FL_RIGHT);
	scols_table_enable_noheadings(table, changed);
	for (i = 0; i < counts->nr_rows && i < max; i++)
		if (!changed || counts->rows[i]->changed)
			add_row(table, counts->rows[i]);
	put_table(table, "");
}
