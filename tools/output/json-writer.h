/* SPDX-License-Identifier: GPL-2.0 */
/*
 * JSON on standard output, one object a line, without blanks. Lines are
 * committed by callers. Each function appends text at once: no tree is built,
 * and nothing checks that keys and elements alternate and that what is opened
 * is closed.
 */
#ifndef NSORPHAN_JSON_WRITER_H
#define NSORPHAN_JSON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The object that is a line. */
void json_begin_line(void);
void json_end_line(void);

/*
 * Elements of the open array. A word is one of ours and needs no escaping. A
 * string may hold any bytes: those that are no UTF-8 become U+FFFD, as
 * utf8_next() groups them; of the others only quotation marks, backslashes and
 * characters below U+0020 are escaped.
 */
void json_word_element(const char *word);
void json_string_element(const char *s);
void json_number_element(uint64_t n);
void json_bool_element(bool value);

/* Wall-clock time, by RFC 3339, of a moment since boot. */
void json_time_element(uint64_t boot_ns);

/* A duration, as a number of seconds with three decimals. */
void json_seconds_element(uint64_t ns);

/* Objects and arrays; @key is NULL for an element of an array. */
void json_open_map(const char *key);
void json_close_map(void);
void json_open_array(const char *key);
void json_close_array(void);

/* An array of the words name(BIT) for each bit set in @flags; NULL: no word. */
void json_flags(const char *key, uint32_t flags,
		const char *(*name)(unsigned int bit));

/*
 * An object written once, to be printed several times. A process needs at most
 * 11 members of 36 bytes, and 6 for each of the 15 bytes of its name.
 */
struct json_object {
	char	text[512];
	size_t	len;
};

/*
 * Between these two, members go to @object, which is the whole object then; a
 * line that is open stays as it is.
 */
void json_begin_object(struct json_object *object);
void json_end_object(void);

void json_object_element(const struct json_object *object);

/* The key of a member of the open object; its value follows as an element. */
void json_key(const char *key, size_t len);

/* Members of the open object. Inline, so that strlen() costs nothing. */
static inline void json_word(const char *key, const char *word)
{
	json_key(key, strlen(key));
	json_word_element(word);
}

static inline void json_string(const char *key, const char *s)
{
	json_key(key, strlen(key));
	json_string_element(s);
}

static inline void json_number(const char *key, uint64_t n)
{
	json_key(key, strlen(key));
	json_number_element(n);
}

static inline void json_bool(const char *key, bool value)
{
	json_key(key, strlen(key));
	json_bool_element(value);
}

static inline void json_time(const char *key, uint64_t boot_ns)
{
	json_key(key, strlen(key));
	json_time_element(boot_ns);
}

static inline void json_seconds(const char *key, uint64_t ns)
{
	json_key(key, strlen(key));
	json_seconds_element(ns);
}

static inline void json_object(const char *key,
			       const struct json_object *object)
{
	json_key(key, strlen(key));
	json_object_element(object);
}

#endif
