/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Standard output. What reaches it is whole lines, in writes of at most
 * PIPE_BUF bytes (a pipe takes such a write whole or not at all), each made
 * only when it cannot block. The first failure ends all output; nobody has to
 * check each call, but who prints for long stops when stdout_commit() says so.
 */
#ifndef NSORPHAN_OUT_H
#define NSORPHAN_OUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/error.h"
#include "lib/util.h"

/*
 * To be called before anything else opens a descriptor: opens /dev/null where
 * standard input, output or error is closed, so that no socket takes its place.
 */
void stdout_init(void);

/* Adds to the line that is being made. */
__printf(1, 2)
void stdout_printf(const char *format, ...);
void stdout_bytes(const char *bytes, size_t len);

/* The same, cheaper than by a format: a string, a number. */
static inline void stdout_string(const char *s)
{
	stdout_bytes(s, strlen(s));
}

void stdout_number(uint64_t n);

/* @s, escaped for terminals: see utf8_escape(). */
void stdout_escaped(const char *s);

/* @s and blanks up to @width bytes in all. */
void stdout_padded(const char *s, size_t width);

/*
 * After a whole line (or several): writes if there is a buffer full. False:
 * stop, output failed, nobody reads it, or SIGINT or SIGTERM came.
 */
bool stdout_commit(void);

/* Writes all that was committed. False as stdout_commit(). */
bool stdout_flush(void);

/*
 * Waits until @fd is readable, at most @timeout_ms (-1: for ever). False as
 * stdout_commit(), also as soon as nobody reads standard output any more.
 */
bool stdout_wait_input(int fd, int timeout_ms);

/*
 * Once SIGINT or SIGTERM came: output goes on, for last words, until another
 * one comes or @patience_ms have passed in which standard output took nothing.
 */
void stdout_again(int patience_ms);

/* Standard output is a terminal. */
bool stdout_is_terminal(void);

/*
 * Flushes; returns the exit status of the program: @status, or EXIT_STATUS_FAILED
 * where output failed, which it says on standard error. That nobody read it to
 * its end (EPIPE) is no failure.
 */
enum exit_status stdout_finish(enum exit_status status);

#endif
