// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <string.h>

#include "proc/container.h"
#include "explain/explain.h"
#include "output/stdout.h"
#include "output/output.h"
#include "proc/task.h"
#include "output/format.h"
#include "lib/utf8.h"

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

/* Longer than what format_safe() takes. */
static void put_text(const char *text)
{
	char safe[VERDICT_TEXT_SIZE * UTF8_ESCAPED_MAX];

	stdout_bytes(safe, utf8_escape(text, strlen(text), safe, sizeof(safe)));
	stdout_string("\n");
}

static void put_head(const struct explanation *explanation)
{
	const struct facts *facts = &explanation->facts;
	const char *name = verdict_name(explanation->verdict.cause);

	if (format_colours())
		stdout_printf("\033[%sm%s\033[0m",
			   colour_of(explanation->verdict.cause), name);
	else
		stdout_string(name);
	stdout_printf("  pidns:%u", facts->pidns);
	if (facts->container[0]) {
		stdout_string("  container ");
		format_safe(facts->container);
	}
	stdout_printf("  %s\n", explain_condition(facts->condition));
}

static void put_mask(const char *verb, uint64_t mask)
{
	char name[SIGNAL_NAME_SIZE];
	uint32_t signal;

	stdout_printf("    %-8s", verb);
	if (!mask)
		stdout_string(" none");
	else if (mask == UINT64_MAX)
		stdout_string(" all");
	for (signal = 1; mask != UINT64_MAX && signal <= 64; signal++)
		if (task_mask_has(mask, signal))
			stdout_printf(" %s", signal_name(signal, name));
	stdout_string("\n");
}

static void put_waits(const struct blocked *blocked_in)
{
	stdout_string("    waits    ");
	if (blocked_in->unread) {
		stdout_string("could not be read\n");
		return;
	}
	if (blocked_in->syscall[0])
		stdout_printf("in %s ", blocked_in->syscall);
	else if (!blocked_in->what[0])
		stdout_string("in no system call");
	format_safe(blocked_in->what);
	if (blocked_in->wchan[0]) {
		stdout_string(", kernel function ");
		format_safe(blocked_in->wchan);
	}
	stdout_string("\n");
}

static void put_view(const struct view *view)
{
	stdout_string("  ");
	format_process(&view->process);
	if (view->parent.has) {
		stdout_string(", child of ");
		format_process(&view->parent);
	}
	if (view->tracer.has) {
		stdout_string(", traced by ");
		format_process(&view->tracer);
	}
	stdout_string("\n");
	if (view->letter == 'Z')
		return;
	put_waits(&view->blocked_in);
	if (!view->has_signals) {
		stdout_string("    signals  could not be read\n");
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
		stdout_string("\nInit\n");
		put_view(&explanation->facts.init);
	}
	for (i = 0; i < verdict->count; i++, finding++) {
		if (finding->view == &explanation->facts.init)
			continue;
		stdout_printf("\nWaiting for: %s\n", verdict_name(finding->cause));
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
	char id[CONTAINER_SIZE];

	if (i < others->count || j < signals->count)
		stdout_string("\nRecorded\n");
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
		stdout_string("  ");
		output_text.event(event, event_container(event, id));
	}
}

void text_explain(const struct explanation *explanation)
{
	put_head(explanation);
	put_text(explanation->verdict.text);
	put_findings(explanation);
	put_timeline(explanation);
}
