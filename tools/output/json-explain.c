// SPDX-License-Identifier: GPL-2.0
#include "explain/explain.h"
#include "genl/event.h"
#include "output/json-container.h"
#include "output/json-event.h"
#include "output/json-explain.h"
#include "output/json-process.h"
#include "output/json-writer.h"
#include "proc/reading.h"
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

/* A process, or a thing, as a member of what is open. */
static void put_node(const struct process *process, const char *what)
{
	if (process && process->has)
		json_process("process", process);
	else
		json_string("what", what);
}

static void put_chain(const struct chain *chain)
{
	const struct chain_link *link = chain->links;
	size_t i;

	json_open_array("chain");
	for (i = 0; i < chain->count; i++, link++) {
		json_open_map(NULL);
		put_node(&link->process, link->what);
		if (link->waits) {
			json_word("waits_for", wait_kind_name(link->kind));
			json_string("detail", link->detail);
		}
		json_close_map();
	}
	json_close_array();
}

/* Who must act, and the command. */
static void put_advice(const struct advice *advice)
{
	size_t i;

	if (advice->process || advice->what) {
		json_open_map("actor");
		put_node(advice->process, advice->what);
		json_close_map();
	}
	if (advice->nr_candidates) {
		json_open_array("candidates");
		for (i = 0; i < advice->nr_candidates; i++) {
			json_open_map(NULL);
			json_process_members(&advice->candidates[i]);
			json_close_map();
		}
		json_close_array();
	}
	if (advice->remedy)
		json_string("remedy", advice->remedy);
}

static void put_finding(const struct facts *facts,
			const struct finding *finding)
{
	struct advice advice;

	json_open_map(NULL);
	put_view("process", finding->view);
	json_process("parent", &finding->view->parent);
	json_process("tracer", &finding->view->tracer);
	json_flags("flags", finding->flags, finding_flag_name);
	json_word("cause", verdict_name(finding->cause));
	if (!advice_on(facts, finding, &advice)) {
		put_advice(&advice);
		advice_free(&advice);
	}
	if (finding->chain)
		put_chain(finding->chain);
	json_close_map();
}

/* The chain of the finding that gave the verdict. */
static void put_first_chain(const struct verdict *verdict)
{
	const struct finding *finding = verdict->findings;
	size_t i;

	for (i = 0; i < verdict->count; i++, finding++)
		if (finding->cause == verdict->kind && finding->chain)
			return put_chain(finding->chain);
}

static void put_unread(bool no_record)
{
	char path[READING_PATH_SIZE];
	const struct reading_file *file;
	size_t i, count;

	file = reading_given_up(&count);
	if (!count && !no_record)
		return;
	json_open_array("unread");
	if (no_record)
		json_string_element("the record: the module is not loaded");
	for (i = 0; i < count; i++, file++) {
		reading_path(file, path);
		json_string_element(path);
	}
	json_close_array();
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

/*
 * The process that is explained, or main, and the init of its pid namespace
 * unless that is the initial one: most often the same process.
 */
static void put_main(const struct explanation *explanation)
{
	const struct process *main = explain_init(explanation);
	const struct facts *facts = &explanation->facts;

	if (facts->has_init)
		put_view("main", &facts->init);
	else
		json_process("main", main);
	if (!facts->own_ns)
		json_process("init", &facts->ns_init);
	else if (facts->has_init)
		put_view("init", &facts->init);
	else
		json_process("init", main);
}

void json_explain(const struct explanation *explanation)
{
	const struct verdict *verdict = &explanation->verdict;
	const struct facts *facts = &explanation->facts;
	size_t i;

	json_begin_line();
	json_number("pidns", facts->pidns);
	json_container(facts->container.id[0] ? &facts->container : NULL);
	put_main(explanation);
	json_word("state", explain_condition_name(facts->condition));
	json_word("verdict", verdict_name(verdict->kind));
	json_string("text", explanation->text);
	put_advice(&explanation->advice);
	put_first_chain(verdict);
	json_open_array("waiting_for");
	for (i = 0; i < verdict->count; i++)
		put_finding(facts, &verdict->findings[i]);
	json_close_array();
	put_signals(explanation);
	put_unread(facts->no_record);
	json_end_line();
}
