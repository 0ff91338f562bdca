// SPDX-License-Identifier: GPL-2.0
#include "output/json-container.h"
#include "output/json-list.h"
#include "output/json-process.h"
#include "output/json-writer.h"

static void put_row(const struct overview_row *row)
{
	json_begin_line();
	json_container(row->container.id[0] ? &row->container : NULL);
	json_number("pidns", row->pidns);
	json_process("main", &row->main);
	json_word("state", row->state);
	json_number("processes", row->processes);
	json_number("zombies", row->zombies);
	json_word("verdict", verdict_name(row->verdict));
	json_flags("risks", row->risks, risk_name);
	json_end_line();
}

void json_list(const struct overview *overview)
{
	size_t i;

	for (i = 0; i < overview->count; i++)
		put_row(&overview->rows[i]);
}
