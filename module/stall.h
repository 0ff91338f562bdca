/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The teardown-stall events: for each process still there when a teardown is
 * stall_ms old, and twice, four times ... as old. A timer runs while a teardown
 * does, to the next such moment.
 */
#ifndef NSO_STALL_H
#define NSO_STALL_H

/* The parameter. Any time, before start and after stop too. */
void nso_stall_set_ms(unsigned int ms);
unsigned int nso_stall_get_ms(void);

/* Before the probes. */
void nso_stall_init(void);

/* After the probes, before the recorder: no event is made after it. May sleep. */
void nso_stall_exit(void);

/* A teardown has begun, or ended. Any context, a kprobe's too. */
void nso_stall_note(void);

#endif
