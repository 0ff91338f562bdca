// SPDX-License-Identifier: GPL-2.0
#include "genl/client.h"
#include "genl/event.h"
#include "output/json-status.h"
#include "output/json-writer.h"
#include "proc/blind.h"

void json_status(const struct status *status)
{
	json_begin_line();
	json_string("version", status->version);
	json_string("kernel", status->kernel);
	json_string("reparent_probe", status->reparent_probe);
	json_string("teardown_probe", status->teardown_probe);
	json_word("signals", event_signals_name(status->signals));
	json_number("stall_ms", status->stall_ms);
	json_number("records", status->records);
	json_number("oldest_seq", status->oldest_seq);
	json_number("next_seq", status->next_seq);
	json_number("overwritten", status->overwritten);
	json_number("dropped", status->dropped);
	json_number("missed", status->missed);
	if (status->blind)
		json_string("blind", blind_sentence());
	if (status->blind_from_ns)
		json_time("blind_from_time", status->blind_from_ns);
	if (status->blind_to_ns)
		json_time("blind_to_time", status->blind_to_ns);
	json_number("mismatched", status->mismatched);
	json_number("readers", status->readers);
	json_number("teardowns", status->teardowns);
	json_end_line();
}

void json_checks(const struct check *checks, size_t count)
{
	bool passed = true;
	size_t i;

	for (i = 0; i < count; i++)
		passed = passed && checks[i].ok;

	json_begin_line();
	json_string("selftest", passed ? "passed" : "failed");
	json_open_array("checks");
	for (i = 0; i < count; i++) {
		json_open_map(NULL);
		json_string("name", checks[i].name);
		json_bool("ok", checks[i].ok);
		if (checks[i].detail[0])
			json_string("detail", checks[i].detail);
		json_close_map();
	}
	json_close_array();
	json_end_line();
}
