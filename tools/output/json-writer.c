// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_gen.h>

#include "lib/clock.h"
#include "lib/decimal.h"
#include "lib/error.h"
#include "lib/utf8.h"
#include "output/json-writer.h"
#include "output/stdout.h"

/* Longest string that is repaired on the stack. */
#define SHORT_STRING	512

/* The generator in use: that of lines, or that of a struct json_object. */
static yajl_gen gen;
static yajl_gen line_gen;

/* Where the generator of objects writes to. */
static struct json_object *target;

static void write_line(void *unused, const char *text, size_t len)
{
	(void)unused;
	stdout_bytes(text, len);
}

static void write_object(void *unused, const char *text, size_t len)
{
	(void)unused;
	if (len > sizeof(target->text) - target->len)
		abort();
	/* Fast path: most pieces are a single character. */
	if (len == 1)
		target->text[target->len] = *text;
	else
		memcpy(target->text + target->len, text, len);
	target->len += len;
}

/* A generator that calls @write is cheaper than one with a buffer of its own. */
static yajl_gen make_generator(yajl_print_t write)
{
	yajl_gen made = yajl_gen_alloc(NULL);

	if (!made)
		error_no_memory();
	yajl_gen_config(made, yajl_gen_print_callback, write, NULL);
	return made;
}

void json_begin_line(void)
{
	if (!line_gen)
		line_gen = make_generator(write_line);
	gen = line_gen;
	yajl_gen_map_open(gen);
}

void json_end_line(void)
{
	yajl_gen_map_close(gen);
	stdout_bytes("\n", 1);
	yajl_gen_reset(gen, NULL);
}

void json_begin_object(struct json_object *object)
{
	static yajl_gen object_gen;

	if (!object_gen)
		object_gen = make_generator(write_object);
	object->len = 0;
	target = object;
	gen = object_gen;
	yajl_gen_map_open(gen);
}

void json_end_object(void)
{
	yajl_gen_map_close(gen);
	yajl_gen_reset(gen, NULL);
	gen = line_gen;
}

static void put_bytes(const char *s, size_t len)
{
	yajl_gen_string(gen, (const unsigned char *)s, len);
}

void json_key(const char *key, size_t len)
{
	put_bytes(key, len);
}

void json_word_element(const char *word)
{
	put_bytes(word, strlen(word));
}

/* yajl escapes what JSON wants escaped, but passes on bytes that are no UTF-8. */
void json_string_element(const char *s)
{
	char buf[SHORT_STRING * UTF8_REPAIRED_MAX], *utf8 = buf;
	size_t len = strlen(s);

	if (len > SHORT_STRING)
		utf8 = malloc(len * UTF8_REPAIRED_MAX);
	if (!utf8)
		error_no_memory();
	put_bytes(utf8, utf8_repair(s, len, utf8));
	if (utf8 != buf)
		free(utf8);
}

/* yajl_gen_integer() is signed. */
void json_number_element(uint64_t n)
{
	char digits[DECIMAL_MAX];

	yajl_gen_number(gen, digits, decimal(n, digits));
}

void json_bool_element(bool value)
{
	yajl_gen_bool(gen, value);
}

void json_time_element(uint64_t boot_ns)
{
	char time[CLOCK_RFC3339_SIZE];

	clock_rfc3339(clock_real_ns(boot_ns), time);
	json_word_element(time);
}

void json_object_element(const struct json_object *object)
{
	/* yajl prints a number as it is given. */
	yajl_gen_number(gen, object->text, object->len);
}

void json_open_map(const char *key)
{
	if (key)
		json_key(key, strlen(key));
	yajl_gen_map_open(gen);
}

void json_close_map(void)
{
	yajl_gen_map_close(gen);
}

void json_open_array(const char *key)
{
	if (key)
		json_key(key, strlen(key));
	yajl_gen_array_open(gen);
}

void json_close_array(void)
{
	yajl_gen_array_close(gen);
}

void json_flags(const char *key, uint32_t flags,
		const char *(*name)(unsigned int bit))
{
	const char *word;
	unsigned int bit;

	json_open_array(key);
	for (bit = 0; flags; bit++, flags >>= 1) {
		word = flags & 1 ? name(bit) : NULL;
		if (word)
			json_word_element(word);
	}
	json_close_array();
}
