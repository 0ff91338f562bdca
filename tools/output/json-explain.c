// SPDX-License-Identifier: GPL-2.0
#include "explain/explain.h"
#include "genl/event.h"
#include "output/json-container.h"
#include "output/json-event.h"
#include "output/json-explain.h"
#include "output/json-process.h"
#include "output/json-writer.h"
#include "proc/task.h"

static void put_mask(const char *key, uint64_t mask)
{
	uint32_t signal;

	json_open_array(key);
	for (signal = 1; signal <= 64; signal++)
		if (task_mask_has(mask, signal))
			json_number_element(signal);
	json_close_array();
}

/* Leaves out what could not be read. */
static void put_view(const char *key, const struct view *view)
{
	json_open_map(key);
	json_process_members(&view->process);
	if (view->blocked_in.syscall[0])
		json_string("syscall", view->blocked_in.syscall);
	if (view->blocked_in.wchan[0])
		json_string("wchan", view->blocked_in.wchan);
	if (view->blocked_in.what[0])
		json_string("waits", view->blocked_in.what);
	/* Where the module reported a tid, it is among the members already. */
	if (view->live_thread &&
	    !process_has(&view->process, NSORPHAN_A_PROCESS_TID))
		json_number("tid", view->live_thread);
	if (view->has_signals) {
		put_mask("handles", view->caught);
		put_mask("ignores", view->ignored);
		put_mask("blocks", view->blocked);
		put_mask("pending", view->pending);
	}
	json_close_map();
}

static void put_finding(const struct finding *finding)
{
	json_open_map(NULL);
	put_view("process", finding->view);
	json_process("parent", &finding->view->parent);
	json_process("tracer", &finding->view->tracer);
	json_flags("flags", finding->flags, finding_flag_name);
	json_word("cause", verdict_name(finding->cause));
	json_close_map();
}

static void put_signals(const struct explanation *explanation)
{
	const struct recent *recent = &explanation->history.recent_signals;
	size_t i = explain_first_event(explanation, recent);
	const struct event *event;
	struct container container;

	json_open_array("signals");
	for (; i < recent->count; i++) {
		event = &recent->events[i % RECENT_MAX];
		json_open_map(NULL);
		json_event_members(event, event_container(event, &container));
		json_close_map();
	}
	json_close_array();
}

void json_explain(const struct explanation *explanation)
{
	const struct process *init = explain_init(explanation);
	const struct verdict *verdict = &explanation->verdict;
	const struct facts *facts = &explanation->facts;
	size_t i;

	json_begin_line();
	json_number("pidns", facts->pidns);
	json_container(facts->container.id[0] ? &facts->container : NULL);
	if (facts->has_init)
		put_view("init", &facts->init);
	else
		json_process("init", init);
	json_word("state", explain_condition_name(facts->condition));
	json_word("verdict", verdict_name(verdict->kind));
	json_string("text", explanation->text);
	json_open_array("waiting_for");
	for (i = 0; i < verdict->count; i++)
		put_finding(&verdict->findings[i]);
	json_close_array();
	put_signals(explanation);
	json_end_line();
}
