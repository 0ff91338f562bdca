// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "explain/cause.h"
#include "genl/event.h"
#include "genl/teardown.h"
#include "lib/util.h"
#include "output/format.h"
#include "output/stdout.h"
#include "output/terminal.h"
#include "output/text-event.h"
#include "proc/cgroup.h"

#define EVENT_WIDTH	14	/* of the longest name of a type */

static void print_reparent(const struct event *event)
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
		stdout_string(" (PR_SET_PDEATHSIG)");
	}
}

static void print_teardown_begin(const struct event *event)
{
	stdout_string("init ");
	format_process(&event->process[ROLE_INIT]);
	format_end(&event->process[ROLE_INIT]);
	stdout_string(" is gone, ");
	format_count(event->processes, "process", "processes");
	stdout_printf(" left, level %u", event->level);
	if (event->process[ROLE_INIT_PARENT].has) {
		stdout_string(", child of ");
		format_process(&event->process[ROLE_INIT_PARENT]);
	}
}

static void print_teardown_kill(const struct event *event)
{
	stdout_string("SIGKILL to ");
	format_process(&event->process[ROLE_PROCESS]);
	if (event->process[ROLE_PARENT].has) {
		stdout_string(", child of ");
		format_process(&event->process[ROLE_PARENT]);
	}
}

/* What a time counts from, if that is not the begin of the teardown. */
static void print_before_load(const struct event *event)
{
	if (event_has(event, NSORPHAN_A_EVENT_BEFORE_LOAD))
		stdout_string(" (it began before the module was loaded)");
}

static void print_teardown_stall(const struct event *event)
{
	const struct remaining remaining = {
		.process = event->process[ROLE_PROCESS],
		.parent = event->process[ROLE_PARENT],
		.tracer = event->process[ROLE_TRACER],
		.flags = event->flags,
	};

	stdout_string("after ");
	format_duration(event->waited_ns);
	print_before_load(event);
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
	stdout_string(verdict_words(cause_of(&remaining)));
}

static void print_teardown_end(const struct event *event)
{
	stdout_string("init ");
	format_process(&event->process[ROLE_INIT]);
	stdout_string(": namespace empty after ");
	format_duration(event->duration_ns);
	print_before_load(event);
	if (event_has(event, NSORPHAN_A_EVENT_KILLED))
		stdout_printf(", %u killed", event->killed);
}

static void print_oom(const struct event *event)
{
	stdout_string("out of memory");
	if (!event_has(event, NSORPHAN_A_EVENT_OOM_CGROUP))
		return;
	if (event->oom_cgroup == event->cgroup) {
		stdout_string(" in its cgroup");
	} else {
		stdout_string(" in cgroup ");
		stdout_number(event->oom_cgroup);
	}
	if (event_has(event, NSORPHAN_A_EVENT_OOM_LIMIT)) {
		stdout_printf(", %s ", cgroup_memory_limit_file());
		format_size(event->oom_limit);
	}
}

/* The process of the thread may live on. */
static void print_thread_ended(const struct process *thread)
{
	if (thread->tid == thread->pid)
		stdout_string(", main thread of ");
	else
		stdout_printf(", thread %u of ", thread->tid);
	format_process(thread);
	stdout_string(" ended");
}

static void print_cause(const struct event *event)
{
	stdout_string(" (");
	if (event->cause == NSORPHAN_SIGNAL_CAUSE_OOM)
		print_oom(event);
	else
		stdout_string(event_cause_words(event->cause));
	if (event->process[ROLE_THREAD].has)
		print_thread_ended(&event->process[ROLE_THREAD]);
	stdout_string(")");
}

static void print_signal(const struct event *event)
{
	format_signal(event->signal);
	stdout_string(" from ");
	if (event->process[ROLE_SENDER].has) {
		format_process(&event->process[ROLE_SENDER]);
	} else {
		stdout_string("the kernel");
		if (event_cause_words(event->cause))
			print_cause(event);
	}
	stdout_string(" to ");
	format_process(&event->process[ROLE_TARGET]);
	stdout_string(": ");
	stdout_string(event_result_name(event->result));
}

static void print_lost(const struct event *event)
{
	format_count(event->count, "event", "events");
	stdout_string(" lost: ");
	stdout_number(event->seq);
	if (event->count > 1) {
		stdout_string(" to ");
		stdout_number(event->seq + event->count - 1);
	}
}

/* Of a newer module. */
static void print_unknown(const struct event *event)
{
	stdout_string("event ");
	stdout_number(event->seq);
	stdout_string(" of a type unknown to this nsorphan");
}

struct event_form {
	const char *colour;
	void (*print)(const struct event *event);
};

static const struct event_form *form_of(unsigned int type)
{
	static const struct event_form unknown = { COLOUR_NONE, print_unknown };
	static const struct event_form forms[EVENT_TYPES] = {
		[EVENT_LOST] = { COLOUR_BOLD_MAGENTA, print_lost },
		[NSORPHAN_EVENT_TYPE_REPARENT] = { COLOUR_CYAN, print_reparent },
		[NSORPHAN_EVENT_TYPE_TEARDOWN_BEGIN] = {
			COLOUR_YELLOW, print_teardown_begin
		},
		[NSORPHAN_EVENT_TYPE_TEARDOWN_KILL] = {
			COLOUR_RED, print_teardown_kill
		},
		[NSORPHAN_EVENT_TYPE_TEARDOWN_STALL] = {
			COLOUR_BOLD_MAGENTA, print_teardown_stall
		},
		[NSORPHAN_EVENT_TYPE_TEARDOWN_END] = {
			COLOUR_GREEN, print_teardown_end
		},
		[NSORPHAN_EVENT_TYPE_SIGNAL] = { COLOUR_BLUE, print_signal },
	};

	return type < ARRAY_SIZE(forms) ? &forms[type] : &unknown;
}

void text_event(const struct event *event, const struct container *container)
{
	const struct event_form *form = form_of(event->type);
	char where[FORMAT_CONTAINER_SIZE];

	if (event->type != EVENT_LOST)
		format_where(container, event->pidns, where);
	else
		memcpy(where, "-", sizeof("-"));
	format_time(event->boot_ns);
	format_coloured(event_type_name(event->type), EVENT_WIDTH, form->colour);
	stdout_string("  ");
	stdout_padded(where, FORMAT_CONTAINER_WIDTH);
	stdout_string("  ");
	form->print(event);
	stdout_string("\n");
}

void text_begin(void)
{
	if (stdout_is_terminal())
		stdout_printf("%-15s  %-*s  %-*s  %s\n", "TIME",
			      EVENT_WIDTH, "EVENT",
			      FORMAT_CONTAINER_WIDTH, "CONTAINER/NS", "WHAT");
}
