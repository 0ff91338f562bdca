// SPDX-License-Identifier: GPL-2.0
#include "genl/event.h"
#include "output/json-container.h"
#include "output/json-process.h"
#include "output/json-signals.h"
#include "output/json-writer.h"
#include "proc/names-cache.h"

static void put_row(const struct signal_count *row)
{
	struct container container;

	json_begin_line();
	json_number("count", row->count);
	json_number("signal", row->signal);
	json_word("result", event_result_name(row->result));
	json_process("sender", &row->sender);
	if (row->cause)
		json_word("cause", event_cause_name(row->cause));
	json_process("target", &row->target);
	if (row->target.has)
		json_number("pidns", row->target.pidns);
	json_container(names_of_id(row->target_container, row->target_user,
				   &container));
	json_time("first_time", row->first_ns);
	json_time("last_time", row->last_ns);
	json_end_line();
}

void json_signals(const struct signal_counts *counts, bool end)
{
	size_t i;

	for (i = 0; i < counts->nr_rows; i++)
		if (end || counts->rows[i]->changed)
			put_row(counts->rows[i]);
}
