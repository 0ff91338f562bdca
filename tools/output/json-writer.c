// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/decimal.h"
#include "lib/utf8.h"
#include "output/json-writer.h"
#include "output/stdout.h"

/* Where text goes; NULL: to standard output. */
static struct json_object *target;

/* The next key or element follows another one in its map or array. */
static bool comma;

/* The same for the line, while an object is written. */
static bool line_comma;

static void put(const char *text, size_t len)
{
	if (!target) {
		stdout_bytes(text, len);
		return;
	}
	if (len > sizeof(target->text) - target->len)
		abort();
	memcpy(target->text + target->len, text, len);
	target->len += len;
}

/* Puts @text, but not the comma that it begins with where none is due. */
static void put_next(const char *text, size_t len)
{
	put(text + !comma, len - !comma);
}

static void open_brace(const char *key, const char *comma_and_brace)
{
	if (key)
		json_key(key, strlen(key));
	put_next(comma_and_brace, 2);
	comma = false;
}

static void close_brace(const char *brace)
{
	put(brace, 1);
	comma = true;
}

void json_begin_line(void)
{
	comma = false;
	open_brace(NULL, ",{");
}

void json_end_line(void)
{
	put("}\n", 2);
}

void json_begin_object(struct json_object *object)
{
	line_comma = comma;
	comma = false;
	target = object;
	target->len = 0;
	open_brace(NULL, ",{");
}

void json_end_object(void)
{
	close_brace("}");
	target = NULL;
	comma = line_comma;
}

void json_key(const char *key, size_t len)
{
	put_next(",\"", 2);
	put(key, len);
	put("\":", 2);
	comma = false;
}

void json_word_element(const char *word)
{
	put_next(",\"", 2);
	put(word, strlen(word));
	put("\"", 1);
	comma = true;
}

/* Escapes a quotation mark, a backslash or a control character. */
static void put_escaped(char c)
{
	static const char special[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
	static const char hex[] = "0123456789ABCDEF";
	const char *found = memchr(special, c, sizeof(special) - 1);
	char text[] = "\\u00";

	if (found) {
		text[1] = letter[found - special];
		put(text, 2);
		return;
	}
	put(text, 4);
	put(&hex[c >> 4], 1);
	put(&hex[c & 15], 1);
}

static bool needs_no_escape(unsigned char c)
{
	return c >= ' ' && c < 0x80 && c != '"' && c != '\\';
}

void json_string_element(const char *s)
{
	size_t len = strlen(s), put_len = 0, bytes, i;
	uint32_t code;

	put_next(",\"", 2);
	for (i = 0; i < len; i += bytes) {
		bytes = 1;
		if (needs_no_escape((unsigned char)s[i]))
			continue;
		bytes = utf8_next(s + i, len - i, &code);
		if (code >= 0x80 && code != UINT32_MAX)
			continue;
		put(s + put_len, i - put_len);
		put_len = i + bytes;
		if (code == UINT32_MAX)
			put("\xef\xbf\xbd", 3);
		else
			put_escaped(s[i]);
	}
	put(s + put_len, len - put_len);
	put("\"", 1);
	comma = true;
}

void json_number_element(uint64_t n)
{
	char text[1 + DECIMAL_MAX] = ",";

	put_next(text, 1 + decimal(n, text + 1));
	comma = true;
}

void json_bool_element(bool value)
{
	const char *text = value ? ",true" : ",false";

	put_next(text, strlen(text));
	comma = true;
}

void json_time_element(uint64_t boot_ns)
{
	char time[CLOCK_RFC3339_SIZE];

	clock_rfc3339(clock_real_ns(boot_ns), time);
	json_word_element(time);
}

void json_seconds_element(uint64_t ns)
{
	char seconds[32];

	snprintf(seconds, sizeof(seconds), "%llu.%03llu",
		 (unsigned long long)(ns / NS_PER_SEC),
		 (unsigned long long)(ns % NS_PER_SEC / NS_PER_MS));
	put_next(",", 1);
	put(seconds, strlen(seconds));
	comma = true;
}

void json_object_element(const struct json_object *object)
{
	put_next(",", 1);
	put(object->text, object->len);
	comma = true;
}

void json_open_map(const char *key)
{
	open_brace(key, ",{");
}

void json_close_map(void)
{
	close_brace("}");
}

void json_open_array(const char *key)
{
	open_brace(key, ",[");
}

void json_close_array(void)
{
	close_brace("]");
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
