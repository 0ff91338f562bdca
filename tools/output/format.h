/* SPDX-License-Identifier: GPL-2.0 */
/* Values as text output shows them. Names are escaped for terminals. */
#ifndef NSORPHAN_FORMAT_H
#define NSORPHAN_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "lib/decimal.h"
#include "lib/process.h"
#include "lib/utf8.h"
#include "proc/container.h"

/*
 * Functions that fill a buffer, which they end with a NUL.
 */

/* container_label(), or as much of an id as docker ps shows. */
#define FORMAT_CONTAINER_WIDTH	12
#define FORMAT_CONTAINER_SIZE	(CONTAINER_LABEL_SIZE * UTF8_ESCAPED_MAX + 1)
void format_container(const struct container *container,
		      char text[FORMAT_CONTAINER_SIZE]);

/* The same; without a @container (NULL) the inode number of its @pidns. */
void format_where(const struct container *container, uint32_t pidns,
		  char text[FORMAT_CONTAINER_SIZE]);

/* The name of a process. Returns its length. */
#define FORMAT_COMM_SIZE	(COMM_MAX * UTF8_ESCAPED_MAX + 1)
size_t format_comm(const struct process *process, char text[FORMAT_COMM_SIZE]);

/* "NAME PID", or "NAME PID/NS-PID". Returns its length. */
#define FORMAT_NAME_SIZE	(FORMAT_COMM_SIZE + 2 * (1 + DECIMAL_MAX))
size_t format_name(const struct process *process, char text[FORMAT_NAME_SIZE]);

/*
 * Local time of a moment since boot, "20:30:00" or "11-23 20:30:00" where that
 * is not today, with @digits (at most 9) of its fraction. Empty: unknown.
 */
#define FORMAT_MOMENT_SIZE	48
void format_moment(uint64_t boot_ns, unsigned int digits,
		   char text[FORMAT_MOMENT_SIZE]);

/*
 * Functions that print to standard output.
 */

/* Local time of a moment since boot, in microseconds, and two blanks. */
void format_time(uint64_t boot_ns);

/* @s and blanks up to @width bytes; in @colour on a terminal that has colours. */
void format_coloured(const char *s, size_t width, const char *colour);

/* The name of a signal: see signal_name(). */
void format_signal(uint32_t signal);

/* format_name() and the state, "[zombie]", where it is known. */
void format_process(const struct process *process);

/* " (exit CODE)" or " (SIGNAL)"; nothing where the end is unknown. */
void format_end(const struct process *process);

/* "21.3 ms", for instance. */
void format_duration(uint64_t ns);

/* "24 MiB" or "1.5 GiB", for instance. */
void format_size(uint64_t bytes);

/* "1 process", "2 processes". */
void format_count(uint64_t n, const char *singular, const char *plural);

#endif
