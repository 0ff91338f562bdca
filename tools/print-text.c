// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "container.h"
#include "decimal.h"
#include "out.h"
#include "print.h"
#include "utf8.h"

#define CONTAINER_WIDTH	12	/* as docker ps and crictl show ids */
#define EVENT_WIDTH	14
#define ID_LEN		64

static bool colour(void)
{
	const char *no, *term;

	if (!out_is_terminal())
		return false;
	no = getenv("NO_COLOR");
	term = getenv("TERM");
	return (!no || !*no) && !(term && !strcmp(term, "dumb"));
}

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
	case EVENT_LOST:
		return "1;35";
	default:
		return "0";
	}
}

static void put_safe(const char *s)
{
	char safe[CONTAINER_SIZE * UTF8_ESCAPED_MAX];
	size_t len = strnlen(s, CONTAINER_SIZE);

	out_bytes(safe, utf8_escape(s, len, safe, sizeof(safe)));
}

/* "20:30:00.", or "11-23 20:30:00." where that was not today; or "". */
static void format_second(time_t then, char text[32])
{
	uint64_t now_ns = clock_real_ns(clock_boot_ns());
	time_t now = (time_t)(now_ns / NS_PER_SEC);
	struct tm today, tm;

	text[0] = '\0';
	if (!localtime_r(&then, &tm) || !localtime_r(&now, &today))
		return;
	/* Without its date, what was yesterday would look like today. */
	if (tm.tm_yday == today.tm_yday && tm.tm_year == today.tm_year)
		strftime(text, 32, "%H:%M:%S.", &tm);
	else
		strftime(text, 32, "%m-%d %H:%M:%S.", &tm);
}

static void put_time(uint64_t boot_ns)
{
	static char second[32];
	static time_t shown = -1;
	uint64_t real_ns = clock_real_ns(boot_ns);
	time_t then = (time_t)(real_ns / NS_PER_SEC);
	char micros[] = "......  ";

	if (then != shown) {
		format_second(then, second);
		shown = then;
	}
	if (!second[0])
		return;
	decimal_zeros(real_ns / 1000, 6, micros);
	out_string(second);
	out_bytes(micros, 8);
}

static void put_where(const struct event *event, const char *container)
{
	char where[CONTAINER_SIZE * UTF8_ESCAPED_MAX + 1] = "-";
	size_t len = 1;

	if (container) {
		len = strnlen(container, CONTAINER_SIZE);
		if (len == ID_LEN)
			len = CONTAINER_WIDTH;
		len = utf8_escape(container, len, where, sizeof(where) - 1);
	} else if (event->type != EVENT_LOST) {
		len = decimal(event->pidns, where);
	}
	where[len] = '\0';
	out_padded(where, CONTAINER_WIDTH);
	out_string("  ");
}

static void put_signal(uint32_t signal)
{
	const char *name = sigabbrev_np((int)signal);

	out_string(name ? "SIG" : "signal ");
	if (name)
		out_string(name);
	else
		out_number(signal);
}

static void put_end(const struct process *process)
{
	if (process_has(process, NSORPHAN_A_PROCESS_EXIT_CODE)) {
		out_string(" (exit ");
		out_number(process->exit_code);
		out_string(")");
	} else if (process_has(process, NSORPHAN_A_PROCESS_EXIT_SIGNAL)) {
		out_string(" (");
		put_signal(process->exit_signal);
		out_string(")");
	}
}

/* NAME PID, NAME PID/NS-PID where its namespace has another, [STATE]. */
static void put_process(const struct process *process)
{
	if (!process->has) {
		out_string("an unknown process");
		return;
	}
	put_safe(process->comm);
	out_string(" ");
	out_number(process->pid);
	if (process->ns_pid != process->pid) {
		out_string("/");
		out_number(process->ns_pid);
	}
	if (process_has(process, NSORPHAN_A_PROCESS_STATE)) {
		out_string(" [");
		out_string(event_state_name(process->state));
		out_string("]");
	}
}

static void put_duration(unsigned long long ns)
{
	if (ns < 1000)
		out_printf("%llu ns", ns);
	else if (ns < NS_PER_MS)
		out_printf("%.1f us", (double)ns / 1e3);
	else if (ns < NS_PER_SEC)
		out_printf("%.1f ms", (double)ns / 1e6);
	else if (ns < 120 * NS_PER_SEC)
		out_printf("%.1f s", (double)ns / 1e9);
	else
		out_printf("%llu min %llu s",
			   ns / NS_PER_SEC / 60, ns / NS_PER_SEC % 60);
}

static void put_count(unsigned long long n, const char *one, const char *many)
{
	out_printf("%llu %s", n, n == 1 ? one : many);
}

static void put_reparent(const struct event *event)
{
	put_process(&event->process[ROLE_CHILD]);
	out_string(" orphaned by ");
	put_process(&event->process[ROLE_OLD_PARENT]);
	put_end(&event->process[ROLE_OLD_PARENT]);
	out_string(", adopted by ");
	put_process(&event->process[ROLE_NEW_PARENT]);
	if (event_has(event, NSORPHAN_A_EVENT_REAPER)) {
		out_string(" (");
		out_string(event_reaper_name(event->reaper));
		out_string(")");
	}
	if (event->crossed)
		out_string(", crossed into another pid namespace");
	if (event_has(event, NSORPHAN_A_EVENT_PDEATH_SIGNAL)) {
		out_string(", was sent ");
		put_signal(event->pdeath_signal);
		out_string(" for it");
	}
}

static void put_begin(const struct event *event)
{
	out_printf("init ");
	put_process(&event->process[ROLE_INIT]);
	put_end(&event->process[ROLE_INIT]);
	out_printf(" is gone, ");
	put_count(event->processes, "process", "processes");
	out_printf(" left, level %u", event->level);
	if (event->process[ROLE_INIT_PARENT].has) {
		out_printf(", child of ");
		put_process(&event->process[ROLE_INIT_PARENT]);
	}
}

static void put_kill(const struct event *event)
{
	out_string("SIGKILL to ");
	put_process(&event->process[ROLE_PROCESS]);
	if (event->process[ROLE_PARENT].has) {
		out_string(", child of ");
		put_process(&event->process[ROLE_PARENT]);
	}
}

static void put_finish(const struct event *event)
{
	out_printf("init ");
	put_process(&event->process[ROLE_INIT]);
	out_printf(": namespace empty after ");
	put_duration(event->duration_ns);
	out_printf(", %u killed", event->killed);
}

static void put_lost(const struct event *event)
{
	put_count(event->count, "event", "events");
	out_printf(" lost: %llu", (unsigned long long)event->seq);
	if (event->count > 1)
		out_printf(" to %llu",
			   (unsigned long long)event->seq + event->count - 1);
}

static void text_event(const struct event *event, const char *container)
{
	const char *name = event_type_name(event->type);

	put_time(event->boot_ns);
	if (colour())
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
			   "EVENT", CONTAINER_WIDTH, "CONTAINER/NS", "WHAT");
}

static void put_text_line(const char *key, const char *value)
{
	out_printf("%-15s ", key);
	put_safe(value);
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
		put_safe(probe->symbol);
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
	/* Why these two are known: see json_status() in print-json.c. */
	put_text_line("signals:", "off");
	put_number_line("stall_ms:", 0);
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
		put_safe(checks[i].detail);
		out_bytes("\n", 1);
	}
}

const struct printer print_text = {
	.name	= "text",
	.begin	= text_begin,
	.event	= text_event,
	.status	= text_status,
	.checks	= text_checks,
};
