// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <string.h>

#include "container.h"
#include "explain.h"
#include "out.h"
#include "print.h"
#include "task.h"
#include "text.h"
#include "utf8.h"

static const char *colour_of(enum verdict_word cause)
{
	switch (cause) {
	case VERDICT_HEALTHY:
		return "1;32";
	case VERDICT_GONE:
		return "1";
	case VERDICT_RUNNING:
		return "1;33";
	default:
		return "1;31";
	}
}

/* Longer than what text_safe() takes. */
static void put_text(const char *text)
{
	char safe[VERDICT_TEXT_SIZE * UTF8_ESCAPED_MAX];

	out_bytes(safe, utf8_escape(text, strlen(text), safe, sizeof(safe)));
	out_string("\n");
}

static void put_head(const struct explanation *explanation)
{
	const struct facts *facts = &explanation->facts;
	const char *name = verdict_name(explanation->verdict.cause);

	if (text_colours())
		out_printf("\033[%sm%s\033[0m",
			   colour_of(explanation->verdict.cause), name);
	else
		out_string(name);
	out_printf("  pidns:%u", facts->pidns);
	if (facts->container[0]) {
		out_string("  container ");
		text_safe(facts->container);
	}
	out_printf("  %s\n", explain_condition(facts->condition));
}

static void put_mask(const char *verb, uint64_t mask)
{
	char name[SIGNAL_NAME_SIZE];
	uint32_t signal;

	out_printf("    %-8s", verb);
	if (!mask)
		out_string(" none");
	else if (mask == UINT64_MAX)
		out_string(" all");
	for (signal = 1; mask != UINT64_MAX && signal <= 64; signal++)
		if (task_mask_has(mask, signal))
			out_printf(" %s", signal_name(signal, name));
	out_string("\n");
}

static void put_waits(const struct waits *waits)
{
	out_string("    waits    ");
	if (waits->unread) {
		out_string("could not be read\n");
		return;
	}
	if (waits->syscall[0])
		out_printf("in %s ", waits->syscall);
	else if (!waits->what[0])
		out_string("in no system call");
	text_safe(waits->what);
	if (waits->wchan[0]) {
		out_string(", kernel function ");
		text_safe(waits->wchan);
	}
	out_string("\n");
}

static void put_view(const struct view *view)
{
	out_string("  ");
	text_process(&view->process);
	if (view->parent.has) {
		out_string(", child of ");
		text_process(&view->parent);
	}
	if (view->tracer.has) {
		out_string(", traced by ");
		text_process(&view->tracer);
	}
	out_string("\n");
	if (view->letter == 'Z')
		return;
	put_waits(&view->waits);
	if (!view->has_signals) {
		out_string("    signals  could not be read\n");
		return;
	}
	put_mask("handles", view->caught);
	put_mask("ignores", view->ignored);
	put_mask("blocks", view->blocked);
	put_mask("pending", view->pending);
}

static void put_findings(const struct explanation *explanation)
{
	const struct verdict *verdict = &explanation->verdict;
	const struct finding *finding = verdict->findings;
	size_t i;

	if (explanation->facts.has_init) {
		out_string("\nInit\n");
		put_view(&explanation->facts.init);
	}
	for (i = 0; i < verdict->count; i++, finding++) {
		if (finding->view == &explanation->facts.init)
			continue;
		out_printf("\nWaiting for: %s\n", verdict_name(finding->cause));
		put_view(finding->view);
	}
}

/* Events of both kinds, in order. */
static void put_timeline(const struct explanation *explanation)
{
	const struct recent *signals = &explanation->history.recent_signals;
	const struct recent *others = &explanation->history.recent;
	size_t i = explain_first(explanation, others);
	size_t j = explain_first(explanation, signals);
	const struct event *event, *signal;

	if (i < others->count || j < signals->count)
		out_string("\nRecorded\n");
	while (i < others->count || j < signals->count) {
		event = &others->events[i % RECENT_MAX];
		signal = &signals->events[j % RECENT_MAX];
		if (i == others->count ||
		    (j < signals->count && signal->seq < event->seq)) {
			event = signal;
			j++;
		} else {
			i++;
		}
		out_string("  ");
		print_text.event(event, container_of_event(event));
	}
}

void text_explain(const struct explanation *explanation)
{
	put_head(explanation);
	put_text(explanation->verdict.text);
	put_findings(explanation);
	put_timeline(explanation);
}
