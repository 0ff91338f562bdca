// SPDX-License-Identifier: GPL-2.0
#include "explain/cause.h"
#include "genl/event.h"
#include "output/json-container.h"
#include "output/json-process.h"
#include "output/json-teardown.h"
#include "output/json-writer.h"

static void put_remaining(const struct remaining *remaining)
{
	json_open_map(NULL);
	json_process("process", &remaining->process);
	json_process("parent", &remaining->parent);
	json_process("tracer", &remaining->tracer);
	json_flags("flags", remaining->flags, event_flag_name);
	json_word("cause", verdict_name(cause_of(remaining)));
	json_close_map();
}

void json_teardown(const struct teardown *teardown,
		   const struct container *container)
{
	size_t i;

	json_begin_line();
	json_number("pidns", teardown->pidns);
	json_container(container);
	json_number("level", teardown->level);
	json_process("init", &teardown->init);
	if (teardown->before_load)
		json_bool("before_load", true);
	if (teardown->waited_ns)
		json_number("waited_ns", teardown->waited_ns);
	json_open_array("processes");
	for (i = 0; i < teardown->count; i++)
		put_remaining(&teardown->remaining[i]);
	json_close_array();
	json_end_line();
}
