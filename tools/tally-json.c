// SPDX-License-Identifier: GPL-2.0
#include "clock.h"
#include "json.h"
#include "tally.h"

static void put_time(const char *key, uint64_t boot_ns)
{
	char time[CLOCK_RFC3339_SIZE];

	clock_rfc3339(clock_real_ns(boot_ns), time);
	json_word(key, time);
}

static void put_row(const struct tally_row *row)
{
	json_begin_line();
	json_number("count", row->count);
	json_number("signal", row->signal);
	json_word("result", event_result_name(row->result));
	json_process("sender", &row->sender);
	json_process("target", &row->target);
	if (row->target.has)
		json_number("pidns", row->target.pidns);
	if (row->target_container)
		json_string("container", row->target_container);
	put_time("first_time", row->first_ns);
	put_time("last_time", row->last_ns);
	json_end_line();
}

void json_signals(const struct tally *tally, bool end)
{
	size_t i;

	for (i = 0; i < tally->nr_rows; i++)
		if (end || tally->rows[i]->changed)
			put_row(tally->rows[i]);
}
