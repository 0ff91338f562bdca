/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The teardown-stall events: for each process still there when a teardown is
 * stall_ms old, and twice, four times ... as old. A timer runs while a teardown
 * does, to the next such moment.
 */
#ifndef NSORPHAN_STALL_H
#define NSORPHAN_STALL_H

/* The parameter. Any time, before start and after stop too. */
void stall_set_ms(unsigned int ms);
unsigned int stall_get_ms(void);

/* Before the probes. */
void stall_start(void);

/* After the probes, before the recorder: no event is made after it. May sleep. */
void stall_stop(void);

/* A teardown has begun, or ended. Any context, a kprobe's too. */
void stall_note(void);

#endif
