// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "cause.h"
#include "explain.h"
#include "out.h"
#include "print.h"
#include "print-table.h"
#include "text.h"
#include "tally.h"
#include "tree.h"

#define EVENT_WIDTH	14

static const char *colour_of(unsigned int type)
{
	switch (type) {
	case NSORPHAN_EVENT_TYPE_REPARENT:
		return "36";
	case NSORPHAN_EVENT_TYPE_TEARDOWN_BEGIN:
		return "33";
	case NSORPHAN_EVENT_TYPE_TEARDOWN_KILL:
		return "31";
	case NSORPHAN_EVENT_TYPE_TEARDOWN_END:
		return "32";
	case NSORPHAN_EVENT_TYPE_SIGNAL:
		return "34";
	case NSORPHAN_EVENT_TYPE_TEARDOWN_STALL:
	case EVENT_LOST:
		return "1;35";
	default:
		return "0";
	}
}

static void put_where(const struct event *event, const char *container)
{
	char where[TEXT_WHERE_SIZE] = "-";

	if (event->type != EVENT_LOST)
		text_where(container, event->pidns, where);
	out_padded(where, TEXT_WHERE_WIDTH);
	out_string("  ");
}

static void put_reparent(const struct event *event)
{
	text_process(&event->process[ROLE_CHILD]);
	out_string(" orphaned by ");
	text_process(&event->process[ROLE_OLD_PARENT]);
	text_end(&event->process[ROLE_OLD_PARENT]);
	out_string(", adopted by ");
	text_process(&event->process[ROLE_NEW_PARENT]);
	if (event_has(event, NSORPHAN_A_EVENT_REAPER)) {
		out_string(" (");
		out_string(event_reaper_name(event->reaper));
		out_string(")");
	}
	if (event->crossed)
		out_string(", crossed into another pid namespace");
	if (event_has(event, NSORPHAN_A_EVENT_PDEATH_SIGNAL)) {
		out_string(", was sent ");
		text_signal(event->pdeath_signal);
		out_string(" for it");
	}
}

static void put_begin(const struct event *event)
{
	out_printf("init ");
	text_process(&event->process[ROLE_INIT]);
	text_end(&event->process[ROLE_INIT]);
	out_printf(" is gone, ");
	text_count(event->processes, "process", "processes");
	out_printf(" left, level %u", event->level);
	if (event->process[ROLE_INIT_PARENT].has) {
		out_printf(", child of ");
		text_process(&event->process[ROLE_INIT_PARENT]);
	}
}

static void put_kill(const struct event *event)
{
	out_string("SIGKILL to ");
	text_process(&event->process[ROLE_PROCESS]);
	if (event->process[ROLE_PARENT].has) {
		out_string(", child of ");
		text_process(&event->process[ROLE_PARENT]);
	}
}

static void put_finish(const struct event *event)
{
	out_printf("init ");
	text_process(&event->process[ROLE_INIT]);
	out_printf(": namespace empty after ");
	text_duration(event->duration_ns);
	out_printf(", %u killed", event->killed);
}

/* SIGTERM from sh 11 to python 12/1: ignored */
static void put_sent(const struct event *event)
{
	text_signal(event->signal);
	out_string(" from ");
	if (event->process[ROLE_SENDER].has)
		text_process(&event->process[ROLE_SENDER]);
	else
		out_string("the kernel");
	out_string(" to ");
	text_process(&event->process[ROLE_TARGET]);
	out_string(": ");
	out_string(event_result_name(event->result));
}

static void put_stall(const struct event *event)
{
	const struct left left = {
		.process = event->process[ROLE_PROCESS],
		.parent = event->process[ROLE_PARENT],
		.tracer = event->process[ROLE_TRACER],
		.flags = event->flags,
	};

	out_string("after ");
	text_duration(event->waited_ns);
	out_string(" still ");
	text_process(&left.process);
	if (process_has(&left.process, NSORPHAN_A_PROCESS_THREAD_STATE))
		out_printf(", thread %u [%s]", left.process.tid,
			   event_state_name(left.process.thread_state));
	out_string(", child of ");
	text_process(&left.parent);
	if (left.tracer.has) {
		out_string(", traced by ");
		text_process(&left.tracer);
	}
	out_string(": ");
	out_string(cause_words(cause_of(&left)));
}

static void put_lost(const struct event *event)
{
	text_count(event->count, "event", "events");
	out_printf(" lost: %llu", (unsigned long long)event->seq);
	if (event->count > 1)
		out_printf(" to %llu",
			   (unsigned long long)event->seq + event->count - 1);
}

static void text_event(const struct event *event, const char *container)
{
	const char *name = event_type_name(event->type);

	text_time(event->boot_ns);
	if (text_colours())
		out_printf("\033[%sm%-*s\033[0m  ", colour_of(event->type),
			   EVENT_WIDTH, name);
	else
		out_padded(name, EVENT_WIDTH + 2);
	put_where(event, container);

	switch (event->type) {
	case NSORPHAN_EVENT_TYPE_REPARENT:
		put_reparent(event);
		break;
	case NSORPHAN_EVENT_TYPE_TEARDOWN_BEGIN:
		put_begin(event);
		break;
	case NSORPHAN_EVENT_TYPE_TEARDOWN_KILL:
		put_kill(event);
		break;
	case NSORPHAN_EVENT_TYPE_TEARDOWN_END:
		put_finish(event);
		break;
	case NSORPHAN_EVENT_TYPE_TEARDOWN_STALL:
		put_stall(event);
		break;
	case NSORPHAN_EVENT_TYPE_SIGNAL:
		put_sent(event);
		break;
	case EVENT_LOST:
		put_lost(event);
		break;
	default:
		out_printf("event %llu of a type unknown to this nsorphan",
			   (unsigned long long)event->seq);
	}
	out_bytes("\n", 1);
}

/* A heading is for eyes; in a pipe it would be one line that is no event. */
static void text_begin(void)
{
	if (out_is_terminal())
		out_printf("%-15s  %-*s  %-*s  %s\n", "TIME", EVENT_WIDTH,
			   "EVENT", TEXT_WHERE_WIDTH, "CONTAINER/NS", "WHAT");
}

static void text_teardown(const struct teardown *teardown,
			  const char *container)
{
	out_printf("pidns %u", teardown->pidns);
	if (container) {
		out_string(", container ");
		text_safe(container);
	}
	out_printf(", level %u: init ", teardown->level);
	text_process(&teardown->init);
	out_string(" has waited ");
	text_duration(teardown->waited_ns);
	out_string(" for ");
	text_count(teardown->count, "process", "processes");
	out_string("\n");
	if (teardown->count)
		table_of_left(teardown);
}

static void put_text_line(const char *key, const char *value)
{
	out_printf("%-15s ", key);
	text_safe(value);
	out_bytes("\n", 1);
}

static void put_number_line(const char *key, unsigned long long n)
{
	out_printf("%-15s %llu\n", key, n);
}

/* What there is not, since @probe missed it. */
static const char *loss_of(const struct status *status,
			   const struct probe *probe)
{
	/* What is watched may be a clone: its name goes on with a dot. */
	size_t len = strlen(status->reparent_probe);

	if (!strcmp(probe->symbol, status->teardown_probe))
		return "teardown events are lacking";
	if (!strncmp(probe->symbol, status->reparent_probe, len) &&
	    (!probe->symbol[len] || probe->symbol[len] == '.'))
		return "reparent events are lacking";
	return "details are lacking";
}

static void put_missed(const struct status *status)
{
	const struct probe *probe = status->probes;
	const struct probe *end = probe + status->nr_probes;

	put_number_line("missed:", status->missed);
	for (; probe < end; probe++) {
		if (!probe->missed)
			continue;
		out_printf("missed.");
		text_safe(probe->symbol);
		out_printf(": %llu, %s\n", (unsigned long long)probe->missed,
			   loss_of(status, probe));
	}
}

static void text_status(const struct status *status)
{
	put_text_line("version:", status->version);
	put_text_line("kernel:", status->kernel);
	put_text_line("reparent_probe:", status->reparent_probe);
	put_text_line("teardown_probe:", status->teardown_probe);
	put_text_line("signals:", event_signals_name(status->signals));
	put_number_line("stall_ms:", status->stall_ms);
	put_number_line("records:", status->records);
	put_number_line("bytes:", status->bytes);
	put_number_line("oldest_seq:", status->oldest_seq);
	put_number_line("next_seq:", status->next_seq);
	put_number_line("overwritten:", status->overwritten);
	put_number_line("dropped:", status->dropped);
	put_missed(status);
	put_number_line("mismatched:", status->mismatched);
	put_text_line("verify:", status->verify ? "on" : "off");
	put_number_line("readers:", status->readers);
	put_number_line("teardowns:", status->teardowns);
}

static void text_checks(const struct check *checks, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		out_printf("%s %s", checks[i].ok ? "ok" : "not ok",
			   checks[i].name);
		if (checks[i].detail[0])
			out_printf(": ");
		text_safe(checks[i].detail);
		out_bytes("\n", 1);
	}
}

const struct printer print_text = {
	.name	= "text",
	.begin	= text_begin,
	.event	= text_event,
	.teardown = text_teardown,
	.signals = text_signals,
	.status	= text_status,
	.checks	= text_checks,
	.explain = text_explain,
	.tree	= text_tree,
};
