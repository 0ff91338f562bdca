// SPDX-License-Identifier: GPL-2.0
#include "output/json-container.h"
#include "output/json-event.h"
#include "output/json-process.h"
#include "output/json-writer.h"

static void put_process(const char *key, const struct event *event,
			enum role role)
{
	json_cached_process(key, &event->process[role], role);
}

static void put_oom(const struct event *event)
{
	if (!event_has(event, NSORPHAN_A_EVENT_OOM_CGROUP))
		return;
	json_open_map("oom");
	json_number("cgroup", event->oom_cgroup);
	if (event_has(event, NSORPHAN_A_EVENT_OOM_LIMIT))
		json_number("limit", event->oom_limit);
	json_close_map();
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
	if (event_has(event, NSORPHAN_A_EVENT_BEFORE_LOAD))
		json_bool("before_load", true);
	if (event_has(event, NSORPHAN_A_EVENT_WAITED_NS))
		json_number("waited_ns", event->waited_ns);
	put_process("process", event, ROLE_PROCESS);
	put_process("parent", event, ROLE_PARENT);
	put_process("tracer", event, ROLE_TRACER);
	if (event_has(event, NSORPHAN_A_EVENT_FLAGS))
		json_flags("flags", event->flags, event_flag_name);
	if (event_has(event, NSORPHAN_A_EVENT_DURATION_NS))
		json_number("duration_ns", event->duration_ns);
	if (event_has(event, NSORPHAN_A_EVENT_KILLED))
		json_number("killed", event->killed);
	if (event_has(event, NSORPHAN_A_EVENT_SIGNAL))
		json_number("signal", event->signal);
	put_process("sender", event, ROLE_SENDER);
	if (event_has(event, NSORPHAN_A_EVENT_CAUSE))
		json_word("cause", event_cause_name(event->cause));
	put_process("thread", event, ROLE_THREAD);
	put_oom(event);
	put_process("target", event, ROLE_TARGET);
	if (event_has(event, NSORPHAN_A_EVENT_RESULT))
		json_word("result", event_result_name(event->result));
}

void json_event_members(const struct event *event,
			const struct container *container)
{
	if (event->type != EVENT_LOST)
		json_number("seq", event->seq);
	json_time("time", event->boot_ns);
	json_number("boot_ns", event->boot_ns);
	json_word("event", event_type_name(event->type));
	if (event->type == EVENT_LOST) {
		json_number("first_seq", event->seq);
		json_number("count", event->count);
		return;
	}
	json_number("pidns", event->pidns);
	json_number("cgroup", event->cgroup);
	if (event_has(event, NSORPHAN_A_EVENT_HIERARCHY))
		json_word("hierarchy", event_hierarchy_name(event->hierarchy));
	json_container(container);
	put_members(event);
}

void json_event(const struct event *event, const struct container *container)
{
	json_begin_line();
	json_event_members(event, container);
	json_end_line();
}

void json_lost(const struct event *event)
{
	json_event(event, NULL);
}
