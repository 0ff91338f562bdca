// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_gen.h>

#include "clock.h"
#include "decimal.h"
#include "out.h"
#include "print.h"
#include "utf8.h"

/* Longer than any string that comes here: the name of a container. */
#define STRING_MAX	256

/*
 * A process as it was printed last in some role. Who dies leaves many children,
 * and all of them to the same: most processes are known already.
 */
static struct known {
	struct process process;
	char text[512];
	size_t len;
} known[ROLES];

/* The generator that is in use: of lines, or of the process to be known. */
static yajl_gen gen;

static void print_line(void *unused, const char *text, size_t len)
{
	(void)unused;
	out_bytes(text, len);
}

static void print_known(void *to, const char *text, size_t len)
{
	struct known *process = *(struct known **)to;

	/* 10 members of 36 bytes at most, and a name of 15 times 6. */
	if (len > sizeof(process->text) - process->len)
		abort();
	if (len == 1)
		process->text[process->len] = *text;
	else
		memcpy(process->text + process->len, text, len);
	process->len += len;
}

/* Into memory of ours: that of the generator is a dear one. */
static yajl_gen make_generator(yajl_print_t print, void *to)
{
	yajl_gen made = yajl_gen_alloc(NULL);

	if (!made)
		abort();
	yajl_gen_config(made, yajl_gen_print_callback, print, to);
	return made;
}

static void begin_line(void)
{
	if (!gen)
		gen = make_generator(print_line, NULL);
	yajl_gen_map_open(gen);
}

static void end_line(void)
{
	yajl_gen_map_close(gen);
	out_bytes("\n", 1);
	yajl_gen_reset(gen, NULL);
}

static void put_raw(const char *s, size_t len)
{
	yajl_gen_string(gen, (const unsigned char *)s, len);
}

static void put_key(const char *key)
{
	put_raw(key, strlen(key));
}

static void put_word(const char *key, const char *word)
{
	put_key(key);
	put_raw(word, strlen(word));
}

/* The generator escapes what JSON wants escaped, but passes any byte on. */
static void put_string(const char *key, const char *s)
{
	char utf8[STRING_MAX * UTF8_REPAIRED_MAX];
	size_t len = strlen(s);

	if (len > STRING_MAX)
		len = STRING_MAX;
	put_key(key);
	put_raw(utf8, utf8_repair(s, len, utf8));
}

/* yajl's integers are signed. */
static void put_number(const char *key, unsigned long long n)
{
	char digits[DECIMAL_MAX];

	put_key(key);
	yajl_gen_number(gen, digits, decimal(n, digits));
}

static void put_bool(const char *key, bool value)
{
	put_key(key);
	yajl_gen_bool(gen, value);
}

static void put_process_members(const struct process *process)
{
	put_number("pid", process->pid);
	put_number("ns_pid", process->ns_pid);
	put_number("pidns", process->pidns);
	put_string("comm", process->comm);
	put_number("start_ns", process->start_ns);
	put_number("uid", process->uid);
	if (process_has(process, NSORPHAN_A_PROCESS_STATE))
		put_word("state", event_state_name(process->state));
	if (process_has(process, NSORPHAN_A_PROCESS_TID))
		put_number("tid", process->tid);
	if (process_has(process, NSORPHAN_A_PROCESS_EXIT_CODE))
		put_number("exit_code", process->exit_code);
	if (process_has(process, NSORPHAN_A_PROCESS_EXIT_SIGNAL))
		put_number("exit_signal", process->exit_signal);
}

static void get_known(struct known *to, const struct process *process)
{
	static struct known *getting;
	static yajl_gen process_gen;
	yajl_gen line_gen = gen;

	if (!process_gen)
		process_gen = make_generator(print_known, &getting);
	getting = to;
	to->process = *process;
	to->len = 0;

	gen = process_gen;
	yajl_gen_map_open(gen);
	put_process_members(process);
	yajl_gen_map_close(gen);
	yajl_gen_reset(gen, NULL);
	gen = line_gen;
}

static void put_process(const char *key, const struct event *event,
			enum role role)
{
	const struct process *process = &event->process[role];
	struct known *same = &known[role];

	if (!process->has)
		return;
	if (memcmp(&same->process, process, sizeof(*process)))
		get_known(same, process);
	put_key(key);
	/* What the generator takes for a number it passes on as it is. */
	yajl_gen_number(gen, same->text, same->len);
}

static void put_members(const struct event *event)
{
	put_process("child", event, ROLE_CHILD);
	put_process("old_parent", event, ROLE_OLD_PARENT);
	put_process("new_parent", event, ROLE_NEW_PARENT);
	if (event_has(event, NSORPHAN_A_EVENT_REAPER))
		put_word("reaper", event_reaper_name(event->reaper));
	if (event_has(event, NSORPHAN_A_EVENT_PDEATH_SIGNAL))
		put_number("pdeath_signal", event->pdeath_signal);
	if (event->type == NSORPHAN_EVENT_TYPE_REPARENT)
		put_bool("crossed", event->crossed);
	put_process("init", event, ROLE_INIT);
	put_process("init_parent", event, ROLE_INIT_PARENT);
	if (event_has(event, NSORPHAN_A_EVENT_LEVEL))
		put_number("level", event->level);
	if (event_has(event, NSORPHAN_A_EVENT_PROCESSES))
		put_number("processes", event->processes);
	put_process("process", event, ROLE_PROCESS);
	put_process("parent", event, ROLE_PARENT);
	if (event_has(event, NSORPHAN_A_EVENT_DURATION_NS))
		put_number("duration_ns", event->duration_ns);
	if (event_has(event, NSORPHAN_A_EVENT_KILLED))
		put_number("killed", event->killed);
}

static void json_event(const struct event *event, const char *container)
{
	char time[CLOCK_RFC3339_SIZE];
	bool lost = event->type == EVENT_LOST;

	clock_rfc3339(clock_real_ns(event->boot_ns), time);
	begin_line();
	if (!lost)
		put_number("seq", event->seq);
	put_word("time", time);
	put_number("boot_ns", event->boot_ns);
	put_word("event", event_type_name(event->type));
	if (lost) {
		put_number("first_seq", event->seq);
		put_number("count", event->count);
		end_line();
		return;
	}
	put_number("pidns", event->pidns);
	put_number("cgroup", event->cgroup);
	if (container)
		put_string("container", container);
	put_members(event);
	end_line();
}

static void json_status(const struct status *status)
{
	begin_line();
	put_string("version", status->version);
	put_string("kernel", status->kernel);
	put_string("reparent_probe", status->reparent_probe);
	put_string("teardown_probe", status->teardown_probe);
	/*
	 * The protocol of this version has no attributes for these two,
	 * because its module records no signal and waits for no stall: off
	 * and 0 is what it does.
	 */
	put_string("signals", "off");
	put_number("stall_ms", 0);
	put_number("records", status->records);
	put_number("oldest_seq", status->oldest_seq);
	put_number("next_seq", status->next_seq);
	put_number("overwritten", status->overwritten);
	put_number("dropped", status->dropped);
	put_number("missed", status->missed);
	put_number("mismatched", status->mismatched);
	put_number("readers", status->readers);
	put_number("teardowns", status->teardowns);
	end_line();
}

static void json_checks(const struct check *checks, size_t count)
{
	bool passed = true;
	size_t i;

	for (i = 0; i < count; i++)
		passed = passed && checks[i].ok;

	begin_line();
	put_string("selftest", passed ? "passed" : "failed");
	put_key("checks");
	yajl_gen_array_open(gen);
	for (i = 0; i < count; i++) {
		yajl_gen_map_open(gen);
		put_string("name", checks[i].name);
		put_bool("ok", checks[i].ok);
		if (checks[i].detail[0])
			put_string("detail", checks[i].detail);
		yajl_gen_map_close(gen);
	}
	yajl_gen_array_close(gen);
	end_line();
}

const struct printer print_json = {
	.name	= "json",
	.event	= json_event,
	.status	= json_status,
	.checks	= json_checks,
};
