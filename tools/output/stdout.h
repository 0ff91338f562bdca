/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Standard output, buffered. Only whole lines are written, at most PIPE_BUF
 * bytes at once (a pipe takes such a write whole or not at all), and only when
 * the write does not block. The first failure ends all output, so that callers
 * need not check each call; long loops end when stdout_commit() returns false.
 */
#ifndef NSORPHAN_STDOUT_H
#define NSORPHAN_STDOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/error.h"
#include "lib/util.h"

/*
 * Opens /dev/null in place of standard input, output or error where one is
 * closed, so that no other file gets its descriptor. Call it first.
 */
void stdout_init(void);

/*
 * Says that descriptor 1, opened by stdout_init(), has been replaced by a file.
 * What is printed stays as it was for the terminal, or for none.
 */
void stdout_redirected(void);

/* Add to the current line. */
__printf(1, 2)
void stdout_printf(const char *format, ...);
void stdout_bytes(const char *bytes, size_t len);

/* The same, cheaper than a format. */
static inline void stdout_string(const char *s)
{
	stdout_bytes(s, strlen(s));
}

void stdout_number(uint64_t n);

/* @s, escaped for terminals: see utf8_escape(). */
void stdout_escaped(const char *s);

/* @s and blanks up to a total of @width bytes. */
void stdout_padded(const char *s, size_t width);

/*
 * Marks the lines up to here as complete, and writes them once they fill a
 * write. May sleep. Returns false when the caller shall stop: output failed,
 * its reader is gone, or SIGINT or SIGTERM arrived.
 */
bool stdout_commit(void);

/* Writes all lines that are committed. May sleep. False as stdout_commit(). */
bool stdout_flush(void);

/*
 * Sleeps until @fd is readable, for at most @timeout_ms (-1: no limit). False
 * as stdout_commit(); the end of the reader of standard output ends it, too.
 */
bool stdout_wait_input(int fd, int timeout_ms);

/*
 * Lets output continue after SIGINT or SIGTERM, until the next one. From here
 * on a write waits for at most @timeout_ms, then output fails.
 */
void stdout_resume(int timeout_ms);

bool stdout_is_terminal(void);

/*
 * Flushes. Returns the exit status of the program: @status, or
 * EXIT_STATUS_FAILED where output failed, after a message on standard error.
 * EPIPE, a reader that has seen enough, is no failure.
 */
enum exit_status stdout_finish(enum exit_status status);

#endif
