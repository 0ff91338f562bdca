// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_gen.h>

#include "lib/decimal.h"
#include "output/json-writer.h"
#include "output/stdout.h"
#include "lib/utf8.h"

/* Longer than any string that comes here: the name of a container. */
#define STRING_MAX	2048

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
	stdout_bytes(text, len);
}

static void print_known(void *to, const char *text, size_t len)
{
	struct known *process = *(struct known **)to;

	/* 11 members of 36 bytes at most, and a name of 15 times 6. */
	if (len > sizeof(process->text) - process->len)
		abort();
	/* JSON comes in pieces, and most of these are one sign. */
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

void json_begin_line(void)
{
	if (!gen)
		gen = make_generator(print_line, NULL);
	yajl_gen_map_open(gen);
}

void json_end_line(void)
{
	yajl_gen_map_close(gen);
	stdout_bytes("\n", 1);
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

void json_word(const char *key, const char *word)
{
	put_key(key);
	put_raw(word, strlen(word));
}

/* The generator escapes what JSON wants escaped, but passes any byte on. */
void json_string(const char *key, const char *s)
{
	char utf8[STRING_MAX * UTF8_REPAIRED_MAX];
	size_t len = strlen(s);

	if (len > STRING_MAX)
		len = STRING_MAX;
	put_key(key);
	put_raw(utf8, utf8_repair(s, len, utf8));
}

/* yajl's integers are signed. */
void json_number(const char *key, unsigned long long n)
{
	char digits[DECIMAL_MAX];

	put_key(key);
	yajl_gen_number(gen, digits, decimal(n, digits));
}

void json_bool(const char *key, bool value)
{
	put_key(key);
	yajl_gen_bool(gen, value);
}

void json_process_members(const struct process *process)
{
	json_number("pid", process->pid);
	json_number("ns_pid", process->ns_pid);
	json_number("pidns", process->pidns);
	json_string("comm", process->comm);
	json_number("start_ns", process->start_ns);
	json_number("uid", process->uid);
	if (process_has(process, NSORPHAN_A_PROCESS_STATE))
		json_word("state", event_state_name(process->state));
	if (process_has(process, NSORPHAN_A_PROCESS_TID))
		json_number("tid", process->tid);
	if (process_has(process, NSORPHAN_A_PROCESS_EXIT_CODE))
		json_number("exit_code", process->exit_code);
	if (process_has(process, NSORPHAN_A_PROCESS_EXIT_SIGNAL))
		json_number("exit_signal", process->exit_signal);
	if (process_has(process, NSORPHAN_A_PROCESS_THREAD_STATE))
		json_word("thread_state",
			  event_state_name(process->thread_state));
}

void json_process(const char *key, const struct process *process)
{
	if (!process->has)
		return;
	json_open_map(key);
	json_process_members(process);
	json_close_map();
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
	json_process_members(process);
	yajl_gen_map_close(gen);
	yajl_gen_reset(gen, NULL);
	gen = line_gen;
}

void json_known_process(const char *key, const struct process *process,
			enum role role)
{
	struct known *same = &known[role];

	if (memcmp(&same->process, process, sizeof(*process)))
		get_known(same, process);
	put_key(key);
	/* What the generator takes for a number it passes on as it is. */
	yajl_gen_number(gen, same->text, same->len);
}

void json_element(const char *word)
{
	put_raw(word, strlen(word));
}

void json_number_element(unsigned long long n)
{
	char digits[DECIMAL_MAX];

	yajl_gen_number(gen, digits, decimal(n, digits));
}

void json_open_map(const char *key)
{
	if (key)
		put_key(key);
	yajl_gen_map_open(gen);
}

void json_close_map(void)
{
	yajl_gen_map_close(gen);
}

void json_open_array(const char *key)
{
	put_key(key);
	yajl_gen_array_open(gen);
}

void json_close_array(void)
{
	yajl_gen_array_close(gen);
}
