// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "explain/cause.h"
#include "explain/explain.h"
#include "output/stdout.h"
#include "output/output.h"
#include "output/text-table.h"
#include "output/format.h"
#include "genl/signal-count.h"
#include "explain/process-tree.h"

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
	char where[FORMAT_WHERE_SIZE] = "-";

	if (event->type != EVENT_LOST)
		format_where(container, event->pidns, where);
	stdout_padded(where, FORMAT_WHERE_WIDTH);
	stdout_string("  ");
}

static void put_reparent(const struct event *event)
{
	format_process(&event->process[ROLE_CHILD]);
	stdout_string(" orphaned by ");
	format_process(&event->process[ROLE_OLD_PARENT]);
	format_end(&event->process[ROLE_OLD_PARENT]);
	stdout_string(", adopted by ");
	format_process(&event->process[ROLE_NEW_PARENT]);
	if (event_has(event, NSORPHAN_A_EVENT_REAPER)) {
		stdout_string(" (");
		stdout_string(event_reaper_name(event->reaper));
		stdout_string(")");
	}
	if (event->crossed)
		stdout_string(", crossed into another pid namespace");
	if (event_has(event, NSORPHAN_A_EVENT_PDEATH_SIGNAL)) {
		stdout_string(", was sent ");
		format_signal(event->pdeath_signal);
		stdout_string(" for it");
	}
}

static void put_begin(const struct event *event)
{
	stdout_printf("init ");
	format_process(&event->process[ROLE_INIT]);
	format_end(&event->process[ROLE_INIT]);
	stdout_printf(" is gone, ");
	format_count(event->processes, "process", "processes");
	stdout_printf(" left, level %u", event->level);
	if (event->process[ROLE_INIT_PARENT].has) {
		stdout_printf(", child of ");
		format_process(&event->process[ROLE_INIT_PARENT]);
	}
}

static void put_kill(const struct event *event)
{
	stdout_string("SIGKILL to ");
	format_process(&event->process[ROLE_PROCESS]);
	if (event->process[ROLE_PARENT].has) {
		stdout_string(", child of ");
		format_process(&event->process[ROLE_PARENT]);
	}
}

static void put_finish(const struct event *event)
{
	stdout_printf("init ");
	format_process(&event->process[ROLE_INIT]);
	stdout_printf(": namespace empty after ");
	format_duration(event->duration_ns);
	stdout_printf(", %u killed", event->killed);
}

/* SIGTERM from sh 11 to python 12/1: ignored */
static void put_sent(const struct event *event)
{
	format_signal(event->signal);
	stdout_string(" from ");
	if (event->process[ROLE_SENDER].has)
		format_process(&event->process[ROLE_SENDER]);
	else
		stdout_string("the kernel");
	stdout_string(" to ");
	format_process(&event->process[ROLE_TARGET]);
	stdout_string(": ");
	stdout_string(event_result_name(event->result));
}

static void put_stall(const struct event *event)
{
	const struct remaining remaining = {
		.process = event->process[ROLE_PROCESS],
		.parent = event->process[ROLE_PARENT],
		.tracer = event->process[ROLE_TRACER],
		.flags = event->flags,
	};

	stdout_string("after ");
	format_duration(event->waited_ns);
	stdout_string(" still ");
	format_process(&remaining.process);
	if (process_has(&remaining.process, NSORPHAN_A_PROCESS_THREAD_STATE))
		stdout_printf(", thread %u [%s]", remaining.process.tid,
			   event_state_name(remaining.process.thread_state));
	stdout_string(", child of ");
	format_process(&remaining.parent);
	if (remaining.tracer.has) {
		stdout_string(", traced by ");
		format_process(&remaining.tracer);
	}
	stdout_string(": ");
	stdout_string(cause_words(cause_of(&remaining)));
}

static void put_lost(const struct event *event)
{
	format_count(event->count, "event", "events");
	stdout_printf(" lost: %llu", (unsigned long long)event->seq);
	if (event->count > 1)
		stdout_printf(" to %llu",
			   (unsigned long long)event->seq + event->count - 1);
}

static void text_event(const struct event *event, const char *container)
{
	const char *name = event_type_name(event->type);

	format_time(event->boot_ns);
	if (format_colours())
		stdout_printf("\033[%sm%-*s\033[0m  ", colour_of(event->type),
			   EVENT_WIDTH, name);
	else
		stdout_padded(name, EVENT_WIDTH + 2);
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
		stdout_printf("event %llu of a type unknown to this nsorphan",
			   (unsigned long long)event->seq);
	}
	stdout_bytes("\n", 1);
}

/* A heading is for eyes; in a pipe it would be one line that is no event. */
static void text_begin(void)
{
	if (stdout_is_terminal())
		stdout_printf("%-15s  %-*s  %-*s  %s\n", "TIME", EVENT_WIDTH,
			   "EVENT", FORMAT_WHERE_WIDTH, "CONTAINER/NS", "WHAT");
}

static void text_teardown(const struct teardown *teardown,
			  const char *container)
{
	stdout_printf("pidns %u", teardown->pidns);
	if (container) {
		stdout_string(", container ");
		format_safe(container);
	}
	stdout_printf(", level %u: init ", teardown->level);
	format_process(&teardown->init);
	stdout_string(" has waited ");
	format_duration(teardown->waited_ns);
	stdout_string(" for ");
	format_count(teardown->count, "process", "processes");
	stdout_string("\n");
	if (teardown->count)
		table_of_remaining(teardown);
}

static void put_text_line(const char *key, const char *value)
{
	stdout_printf("%-15s ", key);
	format_safe(value);
	stdout_bytes("\n", 1);
}

static void put_number_line(const char *key, unsigned long long n)
{
	stdout_printf("%-15s %llu\n", key, n);
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
		stdout_printf("missed.");
		format_safe(probe->symbol);
		stdout_printf(": %llu, %s\n", (unsigned long long)probe->missed,
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
		stdout_printf("%s %s", checks[i].ok ? "ok" : "not ok",
			   checks[i].name);
		if (checks[i].detail[0])
			stdout_printf(": ");
		format_safe(checks[i].detail);
		stdout_bytes("\n", 1);
	}
}

const struct output_format output_text = {
	.name	= "text",
	.begin	= text_begin,
	.event	= text_event,
	.teardown = text_teardown,
	.signals = format_signals,
	.status	= text_status,
	.checks	= text_checks,
	.explain = text_explain,
	.tree	= text_tree,
};
