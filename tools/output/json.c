// SPDX-License-Identifier: GPL-2.0
#include "explain/cause.h"
#include "lib/clock.h"
#include "explain/explain.h"
#include "output/json-writer.h"
#include "output/output.h"
#include "genl/signal-count.h"
#include "explain/process-tree.h"

static void put_flags(uint32_t flags)
{
	const char *name;
	unsigned int bit;

	json_open_array("flags");
	for (bit = 0; (name = event_flag_name(bit)); bit++)
		if (flags & 1U << bit)
			json_element(name);
	json_close_array();
}

static void put_process(const char *key, const struct event *event,
			enum role role)
{
	if (event->process[role].has)
		json_known_process(key, &event->process[role], role);
}

static void put_members(const struct event *event)
{
	put_process("child", event, ROLE_CHILD);
	put_process("old_parent", event, ROLE_OLD_PARENT);
	put_process("new_parent", event, ROLE_NEW_PARENT);
	if (event_has(event, NSORPHAN_A_EVENT_REAPER))
		json_word("reaper", event_reaper_name(event->reaper));
	if (event_has(event, NSORPHAN_A_EVENT_PDEATH_SIGNAL))
		json_number("pdeath_signal", event->pdeath_signal);
	if (event->type == NSORPHAN_EVENT_TYPE_REPARENT)
		json_bool("crossed", event->crossed);
	put_process("init", event, ROLE_INIT);
	put_process("init_parent", event, ROLE_INIT_PARENT);
	if (event_has(event, NSORPHAN_A_EVENT_LEVEL))
		json_number("level", event->level);
	if (event_has(event, NSORPHAN_A_EVENT_PROCESSES))
		json_number("processes", event->processes);
	if (event_has(event, NSORPHAN_A_EVENT_WAITED_NS))
		json_number("waited_ns", event->waited_ns);
	put_process("process", event, ROLE_PROCESS);
	put_process("parent", event, ROLE_PARENT);
	put_process("tracer", event, ROLE_TRACER);
	if (event_has(event, NSORPHAN_A_EVENT_FLAGS))
		put_flags(event->flags);
	if (event_has(event, NSORPHAN_A_EVENT_DURATION_NS))
		json_number("duration_ns", event->duration_ns);
	if (event_has(event, NSORPHAN_A_EVENT_KILLED))
		json_number("killed", event->killed);
	if (event_has(event, NSORPHAN_A_EVENT_SIGNAL))
		json_number("signal", event->signal);
	put_process("sender", event, ROLE_SENDER);
	put_process("target", event, ROLE_TARGET);
	if (event_has(event, NSORPHAN_A_EVENT_RESULT))
		json_word("result", event_result_name(event->result));
}

void json_event_members(const struct event *event, const char *container)
{
	char time[CLOCK_RFC3339_SIZE];

	clock_rfc3339(clock_real_ns(event->boot_ns), time);
	if (event->type != EVENT_LOST)
		json_number("seq", event->seq);
	json_word("time", time);
	json_number("boot_ns", event->boot_ns);
	json_word("event", event_type_name(event->type));
	if (event->type == EVENT_LOST) {
		json_number("first_seq", event->seq);
		json_number("count", event->count);
		return;
	}
	json_number("pidns", event->pidns);
	json_number("cgroup", event->cgroup);
	if (container)
		json_string("container", container);
	put_members(event);
}

static void json_event(const struct event *event, const char *container)
{
	json_begin_line();
	json_event_members(event, container);
	json_end_line();
}

static void json_lost(const struct event *event)
{
	json_event(event, NULL);
}

static void put_remaining(const struct remaining *remaining)
{
	json_open_map(NULL);
	json_process("process", &remaining->process);
	json_process("parent", &remaining->parent);
	json_process("tracer", &remaining->tracer);
	put_flags(remaining->flags);
	json_word("cause", cause_name(cause_of(remaining)));
	json_close_map();
}

static void json_teardown(const struct teardown *teardown,
			  const char *container)
{
	size_t i;

	(void)container;
	json_begin_line();
	json_number("pidns", teardown->pidns);
	json_number("level", teardown->level);
	json_process("init", &teardown->init);
	json_number("waited_ns", teardown->waited_ns);
	json_open_array("processes");
	for (i = 0; i < teardown->count; i++)
		put_remaining(&teardown->remaining[i]);
	json_close_array();
	json_end_line();
}

static void json_status(const struct status *status)
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
	json_number("mismatched", status->mismatched);
	json_number("readers", status->readers);
	json_number("teardowns", status->teardowns);
	json_end_line();
}

static void json_checks(const struct check *checks, size_t count)
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

const struct output_format output_json = {
	.name	= "json",
	.event	= json_event,
	.teardown = json_teardown,
	.signals = json_signals,
	.lost	= json_lost,
	.status	= json_status,
	.checks	= json_checks,
	.explain = json_explain,
	.tree	= json_tree,
};
