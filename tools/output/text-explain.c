// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "explain/explain.h"
#include "explain/origin.h"
#include "genl/event.h"
#include "lib/error.h"
#include "lib/signal-name.h"
#include "output/format.h"
#include "output/stdout.h"
#include "output/terminal.h"
#include "output/text-event.h"
#include "output/text-explain.h"
#include "proc/reading.h"
#include "proc/task.h"

static const char *colour_of(enum verdict_severity severity)
{
	static const char *const colours[] = {
		[SEVERITY_NONE]		= COLOUR_BOLD_GREEN,
		[SEVERITY_OVER]		= COLOUR_BOLD,
		[SEVERITY_DYING]	= COLOUR_BOLD_YELLOW,
		[SEVERITY_STUCK]	= COLOUR_BOLD_RED,
	};

	return colours[severity];
}

static void print_head(const struct explanation *explanation)
{
	const struct facts *facts = &explanation->facts;
	enum verdict_kind kind = explanation->verdict.kind;
	char label[CONTAINER_LABEL_SIZE];

	format_coloured(verdict_name(kind), 0,
			colour_of(verdict_severity(kind)));
	stdout_printf("  pidns:%u", facts->pidns);
	if (facts->container.id[0]) {
		stdout_string("  container ");
		stdout_escaped(container_label(&facts->container, label));
		if (names_known(&facts->container.names) &&
		    container_is_id(facts->container.id))
			stdout_printf(" (%.*s)", FORMAT_CONTAINER_WIDTH,
				      facts->container.id);
	}
	stdout_printf("  %s\n", explain_condition_name(facts->condition));
}

static void print_signals(const char *verb, uint64_t mask)
{
	char name[SIGNAL_NAME_SIZE];
	uint32_t signal;

	stdout_printf("    %-8s", verb);
	if (!mask)
		stdout_string(" none");
	if (mask == UINT64_MAX) {
		stdout_string(" all\n");
		return;
	}
	for (signal = 1; signal <= 64; signal++)
		if (task_mask_has(mask, signal))
			stdout_printf(" %s", signal_name(signal, name));
	stdout_string("\n");
}

static void print_blocked(const struct blocked *blocked_in)
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
	stdout_escaped(blocked_in->what);
	if (blocked_in->wchan[0]) {
		stdout_string(", kernel function ");
		stdout_escaped(blocked_in->wchan);
	}
	stdout_string("\n");
}

static void print_process(const struct view *view)
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
	print_blocked(&view->blocked_in);
	if (!view->has_signals) {
		stdout_string("    signals  could not be read\n");
		return;
	}
	print_signals("handles", view->caught);
	print_signals("ignores", view->ignored);
	print_signals("blocks", view->blocked);
	print_signals("pending", view->pending);
}

static void print_findings(const struct explanation *explanation)
{
	const struct verdict *verdict = &explanation->verdict;
	const struct finding *finding = verdict->findings;
	size_t i;

	if (explanation->facts.has_init) {
		stdout_string(explanation->facts.own_ns ? "\nInit\n" :
							  "\nMain\n");
		print_process(&explanation->facts.init);
	}
	for (i = 0; i < verdict->count; i++, finding++) {
		if (finding->view == &explanation->facts.init)
			continue;
		stdout_printf("\nWaiting for: %s\n", verdict_name(finding->cause));
		print_process(finding->view);
	}
}

static void print_outside(const struct outside_signal *sent)
{
	char time[FORMAT_MOMENT_SIZE];
	char *text = origin_text(sent);

	format_moment(sent->last_ns, 0, time);
	stdout_printf("  %s  ", time);
	format_signal(sent->signal);
	stdout_printf(" %s, from ", event_result_name(sent->result));
	stdout_escaped(text);
	free(text);
	if (sent->count > 1)
		stdout_printf(", %u times", sent->count);
	stdout_string("\n");
}

/* What main, which is dead, was sent: the ledger has it when the record has not. */
static void print_outside_signals(const struct explanation *explanation)
{
	const struct facts *facts = &explanation->facts;
	const struct life *life = facts->life;
	size_t i;

	if (!life || !life->nr_signals ||
	    (facts->condition != NS_GONE &&
	     facts->condition != NS_LEFT_BEHIND))
		return;
	stdout_string("\nSignals from outside\n");
	for (i = 0; i < life->nr_signals; i++)
		print_outside(&life->signals[i]);
}

/* Prints signals and other events, merged by sequence number. */
static void print_events(const struct explanation *explanation)
{
	const struct recent *signals = &explanation->history.recent_signals;
	const struct recent *others = &explanation->history.recent;
	size_t i = explain_first_event(explanation, others);
	size_t j = explain_first_event(explanation, signals);
	const struct event *event, *signal;
	struct container container;

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
		text_event(event, event_container(event, &container));
	}
}

static void print_word(const char *text, size_t len)
{
	char *word = strndup(text, len);

	if (!word)
		error_no_memory();
	stdout_escaped(word);
	free(word);
}

/* Prints @text as a paragraph, as wide as the terminal; else as one line. */
static void print_paragraph(const char *text)
{
	size_t width = terminal_width(), column = 0, len;

	if (!width)
		stdout_escaped(text);
	for (; width && *text; text += strspn(text, " ")) {
		len = strcspn(text, " ");
		if (column && column + 1 + len > width) {
			stdout_string("\n");
			column = 0;
		} else if (column) {
			stdout_string(" ");
			column++;
		}
		print_word(text, len);
		column += len;
		text += len;
	}
	stdout_string("\n");
}

static void print_unread(void)
{
	char path[READING_PATH_SIZE];
	const struct reading_file *file;
	size_t i, count;

	file = reading_given_up(&count);
	if (!count)
		return;
	stdout_string("\nCould not be read in time\n");
	for (i = 0; i < count; i++, file++) {
		reading_path(file, path);
		stdout_string("  ");
		stdout_escaped(path);
		stdout_string("\n");
	}
}

void text_explain(const struct explanation *explanation)
{
	print_head(explanation);
	print_paragraph(explanation->text);
	print_findings(explanation);
	print_outside_signals(explanation);
	print_events(explanation);
	print_unread();
}

void text_explain_one(const struct explanation *explanation)
{
	print_head(explanation);
	print_paragraph(explanation->text);
	stdout_string("\n");
}

void text_explain_none(size_t count)
{
	if (count > 1)
		stdout_printf("All %zu containers and pid namespaces are healthy.\n",
			      count);
	else
		stdout_string(count ? "The only container is healthy.\n" :
				      "No container runs here.\n");
}
