/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The teardown-stall events: one for each process that still remains when a
 * teardown is stall_ms old, and again when it is twice, four times ... as old.
 * While any teardown runs, a timer runs to the next such moment.
 */
#ifndef NSO_STALL_H
#define NSO_STALL_H

/* The parameter. Any time, also before init and after exit. May sleep. */
void nso_stall_set_ms(unsigned int ms);
unsigned int nso_stall_get_ms(void);

/* Called before the probes are attached. */
void nso_stall_init(void);

/*
 * Called after the probes are detached, and before the recorder is freed: no
 * event is recorded any more when it returns. May sleep.
 */
void nso_stall_exit(void);

/* Notes that a teardown has begun or ended. Any context, also in a kprobe. */
void nso_stall_note(void);

#endif
