// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "genl/event.h"
#include "lib/error.h"
#include "lib/util.h"
#include "output/format.h"
#include "output/terminal.h"
#include "output/text-table.h"
#include "output/text-tree.h"
#include "proc/names-cache.h"

/* Room for all notes that a process may have. */
#define NOTES_SIZE	(2 * FORMAT_NAME_SIZE + FORMAT_MOMENT_SIZE + 64)

enum { PID, NS_PIDS, STATE, CONTAINER, COMMAND, NOTES };

static const struct table_column columns[] = {
	[PID] = { "PID", SCOLS_FL_RIGHT },
	[NS_PIDS] = { "NSPIDS", 0 },
	[STATE] = { "STATE", 0 },
	[CONTAINER] = { "CONTAINER", 0 },
	[COMMAND] = { "COMMAND", SCOLS_FL_TREE },
	[NOTES] = { "NOTES", 0 },
};

/* The pid in each namespace below the initial one: "7/1". */
static void set_ns_pids(struct libscols_line *line, const struct task *task)
{
	char text[TASK_LEVELS * (DECIMAL_MAX + 1)] = "";
	unsigned int i;
	size_t len = 0;

	for (i = 1; i < task->levels; i++) {
		if (len)
			text[len++] = '/';
		len += decimal(task->ns_pids[i], text + len);
	}
	text[len] = '\0';
	table_set(line, NS_PIDS, "%s", text);
}

static void set_container(struct libscols_line *line, const struct task *task)
{
	const struct container *container;
	struct container found;
	char text[FORMAT_CONTAINER_SIZE] = "";

	container = names_of_task(task, &found);
	if (container)
		format_container(container, text);
	table_set(line, CONTAINER, "%s", text);
}

__printf(2, 3)
static void add_note(char notes[NOTES_SIZE], const char *format, ...)
{
	size_t len = strlen(notes);
	va_list args;

	if (len)
		len += (size_t)snprintf(notes + len, NOTES_SIZE - len, ", ");
	va_start(args, format);
	vsnprintf(notes + len, NOTES_SIZE - len, format, args);
	va_end(args);
}

static void set_notes(struct libscols_line *line, const struct tree_node *node)
{
	char comm[FORMAT_COMM_SIZE], when[FORMAT_MOMENT_SIZE];
	char notes[NOTES_SIZE] = "";

	if (node->task->letter == 'Z')
		add_note(notes, "zombie");
	if (node->subreaper)
		add_note(notes, "subreaper");
	if (node->orphan) {
		format_comm(&node->orphan->lost, comm);
		format_moment(node->orphan->boot_ns, 0, when);
		add_note(notes, "lost %s %u %s", comm, node->orphan->lost.pid,
			 when);
	}
	/* Not where the parent is in the tree itself. */
	if (node->outside && node->up < 0) {
		format_comm(&node->parent->process, comm);
		add_note(notes, "child of %s %u, outside", comm,
			 node->parent->process.pid);
	}
	table_set(line, NOTES, "%s", notes);
}

static struct libscols_line *add_line(struct libscols_table *table,
				      const struct tree_node *node,
				      struct libscols_line *parent)
{
	struct libscols_line *line = table_add_line(table, parent);
	const struct process *process = &node->task->process;
	char comm[FORMAT_COMM_SIZE];

	format_comm(process, comm);
	table_set(line, PID, "%u", process->pid);
	set_ns_pids(line, node->task);
	table_set(line, STATE, "%s", event_state_name(process->state));
	set_container(line, node->task);
	table_set(line, COMMAND, "%s", comm);
	set_notes(line, node);
	if (terminal_has_colours() && node->task->letter == 'Z')
		scols_line_set_color(line, "red");
	else if (terminal_has_colours() && node->orphan)
		scols_line_set_color(line, "cyan");
	return line;
}

void text_tree(const struct process_tree *tree)
{
	struct libscols_table *table = table_new(columns, ARRAY_SIZE(columns));
	struct libscols_line **lines;
	const struct tree_node *node;
	size_t i;

	lines = calloc(tree->count, sizeof(*lines));
	if (!lines)
		error_no_memory();
	for (i = 0; i < tree->count; i++) {
		node = &tree->nodes[i];
		lines[i] = add_line(table, node,
				    node->up < 0 ? NULL : lines[node->up]);
	}
	free(lines);
	table_print(table, "");
}
