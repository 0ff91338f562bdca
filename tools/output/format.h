/* SPDX-License-Identifier: GPL-2.0 */
/* What the commands say in text has in common; all goes to out.h. */
#ifndef NSORPHAN_TEXT_H
#define NSORPHAN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proc/container.h"
#include "genl/event.h"
#include "lib/utf8.h"

/* Whether colours are wanted: on a terminal that has some, without NO_COLOR. */
bool format_colours(void);

/* @s, harmless to a terminal; no more of it than a container's name may have. */
void format_safe(const char *s);

/* Whether standard output is a terminal that can be drawn on, and its lines. */
bool format_draws(void);
unsigned int format_height(void);

/* Time of day of a moment since boot, and two blanks. */
void format_time(uint64_t boot_ns);

/* The same with ms, for a table. */
#define FORMAT_MOMENT_SIZE	40
void format_moment(uint64_t boot_ns, char moment[FORMAT_MOMENT_SIZE]);

/*
 * Where a process is: the beginning of its container's id, or its name; where
 * none is known (NULL) the number of its pid namespace. Harmless.
 */
#define FORMAT_WHERE_WIDTH	12	/* as docker ps and crictl show ids */
#define FORMAT_WHERE_SIZE	(CONTAINER_SIZE * UTF8_ESCAPED_MAX + 1)
void format_where(const char *container, uint32_t pidns,
		char where[FORMAT_WHERE_SIZE]);

/* As signal_name() names it. */
void format_signal(uint32_t signal);

/* NAME PID, NAME PID/NS-PID where its namespace has another, [STATE]. */
void format_process(const struct process *process);

/* How a process ended, in parentheses after a blank, where that is known. */
void format_end(const struct process *process);

void format_duration(unsigned long long ns);
void format_count(unsigned long long n, const char *one, const char *many);

#endif
