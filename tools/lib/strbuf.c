// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/strbuf.h"

/* Allocated at first; doubled as often as necessary. */
#define FIRST_SIZE	128

/* Makes room for @len bytes and a NUL. */
static bool reserve(struct strbuf *buf, size_t len)
{
	size_t size = buf->size ? buf->size : FIRST_SIZE;
	char *string;

	while (size - buf->len <= len)
		size *= 2;
	if (size == buf->size)
		return true;
	string = realloc(buf->string, size);
	if (!string) {
		buf->error = -ENOMEM;
		return false;
	}
	buf->string = string;
	buf->size = size;
	return true;
}

void strbuf_addf(struct strbuf *buf, const char *format, ...)
{
	size_t len = 0;
	va_list args;
	int n;

	/* Once to learn the length if there is not enough room, then again. */
	while (!buf->error && reserve(buf, len)) {
		va_start(args, format);
		n = vsnprintf(buf->string + buf->len, buf->size - buf->len,
			      format, args);
		va_end(args);
		if (n < 0) {
			buf->error = -ENOMEM;
			return;
		}
		len = (size_t)n;
		if (len < buf->size - buf->len) {
			buf->len += len;
			return;
		}
	}
}

char *strbuf_detach(struct strbuf *buf)
{
	char *string = NULL;

	if (!buf->error && reserve(buf, 0)) {
		string = buf->string;
		string[buf->len] = '\0';
	} else {
		free(buf->string);
	}
	*buf = (struct strbuf){ .string = NULL };
	return string;
}
