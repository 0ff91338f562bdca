// SPDX-License-Identifier: GPL-2.0
#include "genl/event.h"
#include "lib/signal-name.h"
#include "lib/util.h"
#include "output/format.h"
#include "output/stdout.h"
#include "output/terminal.h"
#include "output/text-signals.h"
#include "output/text-table.h"
#include "proc/names-cache.h"

/* Lines beside the rows: headings, two notes, and the cursor's. */
#define OTHER_LINES	4

#define CURSOR_UP	"\033[%uA"
#define CLEAR_BELOW	"\r\033[J"
#define WRAP_OFF	"\033[?7l"
#define WRAP_ON		"\033[?7h"

enum { COUNT, SIGNAL, RESULT, SENDER, FROM, TARGET, TO, LAST };

static const struct table_column columns[] = {
	[COUNT] = { "COUNT", SCOLS_FL_RIGHT },
	[SIGNAL] = { "SIGNAL", 0 },
	[RESULT] = { "RESULT", 0 },
	[SENDER] = { "SENDER", 0 },
	[FROM] = { "FROM", 0 },
	[TARGET] = { "TARGET", 0 },
	[TO] = { "TO", 0 },
	[LAST] = { "LAST", 0 },
};

static void set_where(struct libscols_line *line, size_t column,
		      const struct process *process, const char *id,
		      uint32_t user)
{
	char where[FORMAT_CONTAINER_SIZE] = "-";
	struct container container;

	if (process->has)
		format_where(names_of_id(id, user, &container), process->pidns,
			     where);
	table_set(line, column, "%s", where);
}

static void set_sender(struct libscols_line *line,
		       const struct signal_count *row)
{
	const char *cause = event_cause_words(row->cause);

	if (row->sender.has)
		table_set_process(line, SENDER, &row->sender);
	else if (!row->target.has)
		table_set(line, SENDER, "others");
	else if (cause)
		table_set(line, SENDER, "the kernel (%s)", cause);
	else
		table_set(line, SENDER, "the kernel");
}

static void add_row(struct libscols_table *table,
		    const struct signal_count *row)
{
	struct libscols_line *line = table_add_line(table, NULL);
	char name[SIGNAL_NAME_SIZE], last[FORMAT_MOMENT_SIZE];

	format_moment(row->last_ns, 3, last);
	table_set(line, COUNT, "%llu", (unsigned long long)row->count);
	table_set(line, SIGNAL, "%s", signal_name(row->signal, name));
	table_set(line, RESULT, "%s", event_result_name(row->result));
	set_sender(line, row);
	set_where(line, FROM, &row->sender, row->sender_container,
		  row->sender_user);
	if (row->target.has)
		table_set_process(line, TARGET, &row->target);
	else
		table_set(line, TARGET, "others");
	set_where(line, TO, &row->target, row->target_container,
		  row->target_user);
	table_set(line, LAST, "%s", last);
}

/* Prints the first @max rows. */
static void print_rows(const struct signal_counts *counts, size_t max)
{
	struct libscols_table *table = table_new(columns, ARRAY_SIZE(columns));
	size_t i;

	for (i = 0; i < counts->nr_rows && i < max; i++)
		add_row(table, counts->rows[i]);
	table_print(table, "");
}

static void print_changed_rows(const struct signal_counts *counts)
{
	struct libscols_table *table = table_new(columns, ARRAY_SIZE(columns));
	size_t i;

	scols_table_enable_noheadings(table, 1);
	for (i = 0; i < counts->nr_rows; i++)
		if (counts->rows[i]->changed)
			add_row(table, counts->rows[i]);
	table_print(table, "");
}

/* Prints what is not in the table. Returns the number of lines. */
static unsigned int print_notes(const struct signal_counts *counts,
				size_t shown)
{
	unsigned int lines = 0;

	if (shown < counts->nr_rows) {
		format_count(counts->nr_rows - shown, "row", "rows");
		stdout_string(" more\n");
		lines++;
	}
	if (counts->lost) {
		format_count(counts->lost, "event", "events");
		stdout_string(" lost\n");
		lines++;
	}
	return lines;
}

/*
 * Draws the table over the last one, below which the cursor is. While it is
 * redrawn, lines that are too long are cut off: wrapped lines would take more
 * lines of the terminal than are counted.
 */
static void draw(const struct signal_counts *counts, bool end)
{
	static unsigned int drawn;
	unsigned int height = terminal_height();
	size_t shown = counts->nr_rows;

	if (!end && shown + OTHER_LINES > height)
		shown = height > OTHER_LINES ? height - OTHER_LINES : 0;
	if (drawn)
		stdout_printf(CURSOR_UP, drawn);
	stdout_string(CLEAR_BELOW);
	if (!end)
		stdout_string(WRAP_OFF);
	if (shown)
		print_rows(counts, shown);
	if (end)
		return;
	drawn = (shown ? 1 : 0) + (unsigned int)shown;
	drawn += print_notes(counts, shown);
	stdout_string(WRAP_ON);
}

void text_signals(const struct signal_counts *counts, bool end)
{
	static bool live;

	live |= !end;
	if (live && terminal_has_cursor())
		draw(counts, end);
	else if (end && counts->nr_rows)
		print_rows(counts, counts->nr_rows);
	else if (counts->nr_rows)
		print_changed_rows(counts);
}
