// SPDX-License-Identifier: GPL-2.0
#include <langinfo.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <wctype.h>

#include "lib/utf8.h"

size_t utf8_next(const char *s, size_t len, uint32_t *code)
{
	const unsigned char *u = (const unsigned char *)s;
	unsigned char low = 0x80, high = 0xbf;
	size_t need, i;
	uint32_t c;

	*code = UINT32_MAX;
	if (u[0] < 0x80) {
		*code = u[0];
		return 1;
	}

	if (u[0] >= 0xc2 && u[0] <= 0xdf) {
		need = 1;
		c = u[0] & 0x1f;
	} else if (u[0] >= 0xe0 && u[0] <= 0xef) {
		need = 2;
		c = u[0] & 0x0f;
	} else if (u[0] >= 0xf0 && u[0] <= 0xf4) {
		need = 3;
		c = u[0] & 0x07;
	} else {
		return 1;
	}

	/* The second byte shows overlong forms, surrogates, > U+10FFFF. */
	if (u[0] == 0xe0)
		low = 0xa0;
	else if (u[0] == 0xed)
		high = 0x9f;
	else if (u[0] == 0xf0)
		low = 0x90;
	else if (u[0] == 0xf4)
		high = 0x8f;

	for (i = 1; i <= need; i++) {
		if (i >= len || u[i] < low || u[i] > high)
			return i;
		c = c << 6 | (u[i] & 0x3f);
		low = 0x80;
		high = 0xbf;
	}
	*code = c;
	return need + 1;
}

/* Whether @code changes the direction of the text around it. */
static bool is_bidi_control(uint32_t code)
{
	return code == 0x061c || code == 0x200e || code == 0x200f ||
	       (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2066 && code <= 0x2069);
}

static bool printable_ascii(char c)
{
	return c >= 0x20 && c < 0x7f && c != '\\';
}

/* Whether the terminal prints the non-ASCII character @code, and only that. */
static bool printable(uint32_t code)
{
	if (code == UINT32_MAX || code < 0x80)
		return false;
	if (strcmp(nl_langinfo(CODESET), "UTF-8"))
		return false;
	return code >= 0xa0 && !is_bidi_control(code) && iswprint((wint_t)code);
}

size_t utf8_escape(const char *s, size_t len, char *to, size_t size)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = 0, bytes, i, k;
	uint32_t code;

	for (i = 0; i < len; i += bytes) {
		if (printable_ascii(s[i])) {
			if (n == size)
				break;
			to[n++] = s[i];
			bytes = 1;
			continue;
		}
		bytes = utf8_next(s + i, len - i, &code);
		if (printable(code)) {
			if (n + bytes > size)
				break;
			memcpy(to + n, s + i, bytes);
			n += bytes;
			continue;
		}
		if (n + bytes * UTF8_ESCAPED_MAX > size)
			break;
		for (k = i; k < i + bytes; k++) {
			to[n++] = '\\';
			to[n++] = 'x';
			to[n++] = hex[(unsigned char)s[k] >> 4];
			to[n++] = hex[(unsigned char)s[k] & 15];
		}
	}
	return n;
}
