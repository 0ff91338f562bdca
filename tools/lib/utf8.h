/* SPDX-License-Identifier: GPL-2.0 */
/* Bytes that anybody may have chosen, made safe for JSON and for terminals. */
#ifndef NSORPHAN_UTF8_H
#define NSORPHAN_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes that one byte may become in utf8_repair() and utf8_escape(). */
#define UTF8_REPAIRED_MAX	3
#define UTF8_ESCAPED_MAX	4

/*
 * The first character of @s, which has @len > 0 bytes. Returns how many bytes
 * it takes and sets *@code; where those bytes are no valid UTF-8, *@code is
 * UINT32_MAX and they are the longest part that began like a character (at
 * least one byte), as Unicode recommends and most decoders do.
 */
size_t utf8_next(const char *s, size_t len, uint32_t *code);

/*
 * Copies @len bytes of @s to @to with U+FFFD in place of what is no UTF-8.
 * @to has room for @len * UTF8_REPAIRED_MAX bytes. Returns the bytes written;
 * no NUL is added.
 */
size_t utf8_repair(const char *s, size_t len, char *to);

/*
 * Copies @len bytes of @s to @to so that a terminal only prints them: what is
 * printable in the locale passes, each other byte, and the backslash, becomes
 * \xNN. Stops where @size would be exceeded; @len * UTF8_ESCAPED_MAX always
 * suffices. Returns the bytes written; no NUL is added.
 */
size_t utf8_escape(const char *s, size_t len, char *to, size_t size);

#endif
