// SPDX-License-Identifier: GPL-2.0
#include "explain/cause.h"
#include "genl/event.h"
#include "lib/util.h"
#include "output/format.h"
#include "output/stdout.h"
#include "output/text-table.h"
#include "output/text-teardown.h"

enum { PROCESS, STATE, PARENT, TRACER, CAUSE };

static const struct table_column columns[] = {
	[PROCESS] = { "PROCESS", 0 },
	[STATE] = { "STATE", 0 },
	[PARENT] = { "PARENT", 0 },
	[TRACER] = { "TRACER", 0 },
	[CAUSE] = { "WHAT HOLDS IT", 0 },
};

static void set_state(struct libscols_line *line, const struct process *process)
{
	const char *state = event_state_name(process->state);

	if (process_has(process, NSORPHAN_A_PROCESS_THREAD_STATE))
		table_set(line, STATE, "%s, thread %u %s", state, process->tid,
			  event_state_name(process->thread_state));
	else
		table_set(line, STATE, "%s", state);
}

static void add_process(struct libscols_table *table,
			const struct remaining *remaining)
{
	struct libscols_line *line = table_add_line(table, NULL);

	table_set_process(line, PROCESS, &remaining->process);
	set_state(line, &remaining->process);
	table_set_process(line, PARENT, &remaining->parent);
	table_set_process(line, TRACER, &remaining->tracer);
	table_set(line, CAUSE, "%s", verdict_words(cause_of(remaining)));
}

static void print_processes(const struct teardown *teardown)
{
	struct libscols_table *table = table_new(columns, ARRAY_SIZE(columns));
	size_t i;

	for (i = 0; i < teardown->count; i++)
		add_process(table, &teardown->remaining[i]);
	table_print(table, "  ");
}

/* Without the module it is not known for how long. */
static void print_waited(const struct teardown *teardown)
{
	if (!teardown->waited_ns) {
		stdout_string(" waits for ");
		return;
	}
	stdout_string(" has waited ");
	format_duration(teardown->waited_ns);
	if (teardown->before_load)
		stdout_string(" (it began before the module was loaded)");
	stdout_string(" for ");
}

void text_teardown(const struct teardown *teardown,
		   const struct container *container)
{
	char label[CONTAINER_LABEL_SIZE];

	stdout_printf("pidns %u", teardown->pidns);
	if (container) {
		stdout_string(", container ");
		stdout_escaped(container_label(container, label));
	}
	stdout_printf(", level %u: init ", teardown->level);
	format_process(&teardown->init);
	print_waited(teardown);
	format_count(teardown->count, "process", "processes");
	stdout_string("\n");
	if (teardown->count)
		print_processes(teardown);
}
