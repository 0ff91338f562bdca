// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "explain/origin.h"
#include "explain/stop.h"
#include "genl/event.h"
#include "lib/clock.h"
#include "lib/duration.h"
#include "lib/signal-name.h"
#include "lib/util.h"
#include "output/format.h"
#include "output/text-stops.h"
#include "output/text-table.h"

enum { WHEN, CONTAINER, OUTCOME, ASKED, TOOK, BY };

static const struct table_column columns[] = {
	[WHEN] = { "TIME", 0 },
	[CONTAINER] = { "CONTAINER", 0 },
	[OUTCOME] = { "OUTCOME", 0 },
	[ASKED] = { "ASKED", 0 },
	[TOOK] = { "TOOK", SCOLS_FL_RIGHT },
	[BY] = { "BY", 0 },
};

/* Colours of libsmartcols. */
static const char *colour_of(enum stop_outcome outcome)
{
	static const char *const colours[STOP_OUTCOMES] = {
		[STOP_KILLED]		= "yellow",
		[STOP_OOM_KILLED]	= "red",
		[STOP_CRASHED]		= "red",
		[STOP_PENDING]		= "brown",
	};

	return colours[outcome];
}

static void set_outcome(struct libscols_line *line,
			const struct container_stop *stop)
{
	const char *name = stop_outcome_name(stop->stop.outcome);
	const struct process *main = &stop->life->main;
	char signal[SIGNAL_NAME_SIZE];

	switch (stop->stop.outcome) {
	case STOP_KILLED:
	case STOP_OOM_KILLED:
		table_set(line, OUTCOME, "%s", name);
		return;
	case STOP_PENDING:
		table_set(line, OUTCOME, stop->life->end_ns ?
			  "%s, in teardown" : "%s", name);
		return;
	default:
		break;
	}
	if (process_has(main, NSORPHAN_A_PROCESS_EXIT_SIGNAL))
		table_set(line, OUTCOME, "%s, %s", name,
			  signal_name(main->exit_signal, signal));
	else
		table_set(line, OUTCOME, "%s, exit %u", name, main->exit_code);
}

/* "SIGTERM", or "SIGTERM ignored" where it was not simply delivered. */
static void set_asked(struct libscols_line *line, const struct stop *stop)
{
	const struct outside_signal *asked = stop->asked;
	char duration[DURATION_SIZE], signal[SIGNAL_NAME_SIZE];

	if (!asked) {
		table_set(line, ASKED, "-");
		table_set(line, TOOK, "-");
		return;
	}
	signal_name(asked->signal, signal);
	if (asked->result == NSORPHAN_SIGNAL_RESULT_DELIVERED)
		table_set(line, ASKED, "%s", signal);
	else
		table_set(line, ASKED, "%s %s", signal,
			  event_result_name(asked->result));
	table_set(line, TOOK, "%s",
		  duration_text(stop_duration_ns(stop, clock_boot_ns()),
				duration));
}

static void set_origin(struct libscols_line *line, const struct stop *stop)
{
	const struct outside_signal *sent = stop_origin(stop);
	char *text;

	if (!sent) {
		table_set(line, BY, "-");
		return;
	}
	text = origin_text(sent);
	table_set_escaped(line, BY, text);
	free(text);
}

static void add_stop(struct libscols_table *table,
		     const struct container_stop *stop)
{
	struct libscols_line *line = table_add_line(table, NULL);
	char where[FORMAT_CONTAINER_SIZE], time[FORMAT_MOMENT_SIZE];

	format_moment(stop_time_ns(stop), 0, time);
	format_where(stop->container, stop->life->main.pidns, where);
	table_set(line, WHEN, "%s", time);
	table_set(line, CONTAINER, "%s", where);
	set_outcome(line, stop);
	table_set_colour(line, OUTCOME, colour_of(stop->stop.outcome));
	set_asked(line, &stop->stop);
	set_origin(line, &stop->stop);
}

void text_stops(const struct container_stop *stops, size_t count, bool heading)
{
	struct libscols_table *table = table_new(columns, ARRAY_SIZE(columns));
	size_t i;

	scols_table_enable_noheadings(table, !heading);
	for (i = 0; i < count; i++)
		add_stop(table, &stops[i]);
	table_print(table, "");
}
