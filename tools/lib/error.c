// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/error.h"
#include "lib/utf8.h"

static void print_line(const char *command, const char *format, va_list args)
{
	char raw[1024], line[sizeof(raw) * UTF8_ESCAPED_MAX + 64];
	size_t len;
	int n;

	n = snprintf(line, sizeof(line), "nsorphan%s%s: ",
		     command ? " " : "", command ? command : "");
	len = (size_t)n;

	n = vsnprintf(raw, sizeof(raw), format, args);
	if (n < 0)
		return;
	len += utf8_escape(raw, strlen(raw), line + len,
			   sizeof(line) - len - 1);
	line[len++] = '\n';

	/* One write(), so that lines of several programs do not mix. */
	if (write(STDERR_FILENO, line, len) < 0)
		return;
}

void error_print(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(NULL, format, args);
	va_end(args);
}

void error_print_of(const char *command, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_line(command, format, args);
	va_end(args);
}

void error_no_memory(void)
{
	error_print("out of memory");
	exit(EXIT_STATUS_FAILED);
}
