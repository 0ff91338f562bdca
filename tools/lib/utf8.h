/* SPDX-License-Identifier: GPL-2.0 */
/* Decodes UTF-8, and makes arbitrary bytes safe for terminals. */
#ifndef NSORPHAN_UTF8_H
#define NSORPHAN_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Maximum length of what utf8_escape() makes of a byte. */
#define UTF8_ESCAPED_MAX	4

/*
 * Decodes the first character of @s, which has @len > 0 bytes, into *@code.
 * Returns its length in bytes. Where @s begins with no valid UTF-8, *@code is
 * UINT32_MAX and the length that of the longest part that begins like a
 * character (at least one byte), as Unicode recommends and most decoders do.
 */
size_t utf8_next(const char *s, size_t len, uint32_t *code);

/*
 * Copies @len bytes of @s to @to, as a terminal can print them: characters
 * that are printable in the locale are copied, any other byte and the
 * backslash become \xNN. Stops before @size would be exceeded;
 * @len * UTF8_ESCAPED_MAX always suffices. Returns the number of bytes written;
 * no NUL is added.
 */
size_t utf8_escape(const char *s, size_t len, char *to, size_t size);

#endif
