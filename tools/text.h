/* SPDX-License-Identifier: GPL-2.0 */
/* What the commands say in text has in common; all goes to out.h. */
#ifndef NSORPHAN_TEXT_H
#define NSORPHAN_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "event.h"

/* Whether colours are wanted: on a terminal that has some, without NO_COLOR. */
bool text_colours(void);

/* @s, harmless to a terminal; no more of it than a container's name may have. */
void text_safe(const char *s);

/* Time of day of a moment since boot, and two blanks. */
void text_time(uint64_t boot_ns);

/* As signal_name() names it. */
void text_signal(uint32_t signal);

/* NAME PID, NAME PID/NS-PID where its namespace has another, [STATE]. */
void text_process(const struct process *process);

/* How a process ended, in parentheses after a blank, where that is known. */
void text_end(const struct process *process);

void text_duration(unsigned long long ns);
void text_count(unsigned long long n, const char *one, const char *many);

#endif
