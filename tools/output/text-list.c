// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "output/format.h"
#include "output/text-list.h"
#include "output/text-table.h"

/* Room for the words of all risks. */
#define RISKS_SIZE	128

enum { NAME, ID, MAIN, STATE, PROCESSES, ZOMBIES, VERDICT, RISKS_COLUMN };

static const struct table_column columns[] = {
	[NAME] = { "NAME", 0 },
	[ID] = { "ID", 0 },
	[MAIN] = { "MAIN", 0 },
	[STATE] = { "STATE", 0 },
	[PROCESSES] = { "PROCS", SCOLS_FL_RIGHT },
	[ZOMBIES] = { "ZOMBIES", SCOLS_FL_RIGHT },
	[VERDICT] = { "VERDICT", 0 },
	[RISKS_COLUMN] = { "RISKS", 0 },
};

/* The name, or what takes its place as a target of explain. */
static void set_name(struct libscols_line *line, const struct overview_row *row)
{
	char text[FORMAT_CONTAINER_SIZE] = "-";

	if (!row->container.id[0])
		snprintf(text, sizeof(text), "pidns:%u", row->pidns);
	else if (names_known(&row->container.names))
		format_container(&row->container, text);
	table_set(line, NAME, "%s", text);
}

/* As much of the id as docker ps shows. One that is a name is no id. */
static void set_id(struct libscols_line *line, const struct overview_row *row)
{
	bool has_id = container_is_id(row->container.id);

	table_set(line, ID, "%.*s", FORMAT_CONTAINER_WIDTH,
		  has_id ? row->container.id : "-");
}

static void set_risks(struct libscols_line *line, uint32_t risks)
{
	char text[RISKS_SIZE] = "";
	unsigned int risk;

	for (risk = 0; risk < RISKS; risk++) {
		if (!(risks & 1U << risk))
			continue;
		if (text[0])
			strcat(text, ",");
		strcat(text, risk_name(risk));
	}
	table_set(line, RISKS_COLUMN, "%s", text[0] ? text : "-");
}

static void set_colours(struct libscols_line *line,
			const struct overview_row *row)
{
	static const char *const colours[] = {
		[SEVERITY_OVER]		= "yellow",
		[SEVERITY_DYING]	= "yellow",
		[SEVERITY_STUCK]	= "red",
	};

	if (row->verdict != VERDICT_HEALTHY)
		table_set_colour(line, VERDICT,
				 colours[verdict_severity(row->verdict)]);
	if (row->zombies)
		table_set_colour(line, ZOMBIES, "yellow");
	if (row->risks)
		table_set_colour(line, RISKS_COLUMN, "yellow");
}

static void add_line(struct libscols_table *table,
		     const struct overview_row *row)
{
	struct libscols_line *line = table_add_line(table, NULL);

	set_name(line, row);
	set_id(line, row);
	table_set_process(line, MAIN, &row->main);
	table_set(line, STATE, "%s", row->state);
	table_set(line, PROCESSES, "%zu", row->processes);
	table_set(line, ZOMBIES, "%zu", row->zombies);
	table_set(line, VERDICT, "%s", verdict_name(row->verdict));
	set_risks(line, row->risks);
	set_colours(line, row);
}

void text_list(const struct overview *overview)
{
	struct libscols_table *table;
	size_t i;

	if (!overview->count)
		return;
	table = table_new(columns, ARRAY_SIZE(columns));
	for (i = 0; i < overview->count; i++)
		add_line(table, &overview->rows[i]);
	table_print(table, "");
}
