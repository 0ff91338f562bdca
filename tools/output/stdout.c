// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/decimal.h"
#include "lib/error.h"
#include "lib/poll.h"
#include "lib/utf8.h"
#include "output/stdout.h"

/* First attempt of stdout_printf(); most of what it prints is shorter. */
#define PRINTF_SIZE	128

static struct {
	int fd;
	int error;		/* the first failure, a negative errno */
	char *buf;
	size_t len;		/* bytes used in buf */
	size_t lines;		/* bytes of committed lines, at most len */
	size_t size;		/* of buf */
	bool terminal;
	int timeout_ms;		/* of a write; -1: none */
} out = { .fd = STDOUT_FILENO, .timeout_ms = -1 };

void stdout_init(void)
{
	int fd;

	if (fcntl(STDOUT_FILENO, F_GETFD) < 0)
		out.error = -EBADF;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);

	out.terminal = !out.error && isatty(STDOUT_FILENO);
	if (!out.terminal)
		return;

	/*
	 * Unlike a pipe, a terminal may block a write after poll() reported
	 * POLLOUT (Ctrl-S). So it is opened again with O_NONBLOCK; setting
	 * that on descriptor 1 would affect every process that shares it.
	 */
	fd = open("/proc/self/fd/1",
		  O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0)
		out.fd = fd;
}

void stdout_redirected(void)
{
	out.fd = STDOUT_FILENO;
}

bool stdout_is_terminal(void)
{
	return out.terminal;
}

static void fail(int error)
{
	if (!out.error)
		out.error = error;
	out.len = 0;
	out.lines = 0;
}

static bool grow(size_t len)
{
	size_t size = out.size ? out.size : 4 * PIPE_BUF;
	char *buf;

	while (size <= out.len + len)
		size *= 2;
	buf = realloc(out.buf, size);
	if (!buf) {
		fail(-ENOMEM);
		return false;
	}
	out.buf = buf;
	out.size = size;
	return true;
}

static inline bool reserve(size_t len)
{
	if (out.error)
		return false;
	/* More than len, so that even for 0 bytes buf is no NULL. */
	return out.size - out.len > len || grow(len);
}

void stdout_bytes(const char *bytes, size_t len)
{
	if (!reserve(len))
		return;
	memcpy(out.buf + out.len, bytes, len);
	out.len += len;
}

void stdout_printf(const char *format, ...)
{
	size_t room = PRINTF_SIZE;
	va_list args;
	int n;

	for (;;) {
		if (!reserve(room))
			return;
		va_start(args, format);
		n = vsnprintf(out.buf + out.len, room, format, args);
		va_end(args);
		if (n < 0)
			return;
		if ((size_t)n < room)
			break;
		room = (size_t)n + 1;
	}
	out.len += (size_t)n;
}

void stdout_number(uint64_t n)
{
	if (reserve(DECIMAL_MAX))
		out.len += decimal(n, out.buf + out.len);
}

void stdout_escaped(const char *s)
{
	size_t len = strlen(s);

	if (reserve(len * UTF8_ESCAPED_MAX))
		out.len += utf8_escape(s, len, out.buf + out.len,
				       len * UTF8_ESCAPED_MAX);
}

void stdout_padded(const char *s, size_t width)
{
	size_t len = strlen(s);
	size_t blanks = len < width ? width - len : 0;

	if (!reserve(len + blanks))
		return;
	memcpy(out.buf + out.len, s, len);
	memset(out.buf + out.len + len, ' ', blanks);
	out.len += len + blanks;
}

/* Returns how many bytes of committed lines to write at once. */
static size_t chunk_len(void)
{
	const char *end;

	if (out.lines <= PIPE_BUF)
		return out.lines;
	end = memrchr(out.buf, '\n', PIPE_BUF);
	return end ? (size_t)(end - out.buf) + 1 : PIPE_BUF;
}

static bool write_chunk(void)
{
	struct pollfd fd = { .fd = out.fd, .events = POLLOUT };
	size_t len = chunk_len();
	ssize_t n;
	int ready;

	while (len) {
		ready = poll_wait(&fd, 1, out.timeout_ms);
		if (ready <= 0) {
			fail(ready ? ready : -EAGAIN);
			return false;
		}
		n = write(out.fd, out.buf, len);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (n < 0) {
			fail(-errno);
			return false;
		}
		/* Files, sockets and terminals may take less than all. */
		memmove(out.buf, out.buf + n, out.len - (size_t)n);
		out.len -= (size_t)n;
		out.lines -= (size_t)n;
		len -= (size_t)n;
	}
	return true;
}

bool stdout_commit(void)
{
	if (out.error)
		return false;
	out.lines = out.len;
	while (out.lines >= PIPE_BUF)
		if (!write_chunk())
			return false;
	return true;
}

bool stdout_flush(void)
{
	if (out.error)
		return false;
	while (out.lines)
		if (!write_chunk())
			return false;
	return true;
}

bool stdout_wait_input(int fd, int timeout_ms)
{
	struct pollfd fds[] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = out.fd },	/* for POLLERR and POLLHUP */
	};
	int n;

	n = poll_wait(fds, 2, timeout_ms);
	if (n < 0)
		fail(n);
	else if (fds[1].revents & (POLLERR | POLLHUP))
		fail(-EPIPE);
	return !out.error;
}

void stdout_resume(int timeout_ms)
{
	if (!poll_resume())
		return;
	if (out.error == -EINTR)
		out.error = 0;
	out.timeout_ms = timeout_ms;
}

enum exit_status stdout_finish(enum exit_status status)
{
	stdout_flush();
	switch (out.error) {
	case 0:
	case -EINTR:
	case -EPIPE:
		return status;
	}
	error_print("cannot write to standard output: %s", strerror(-out.error));
	return EXIT_STATUS_FAILED;
}
