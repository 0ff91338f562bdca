/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The teardowns that ran already when the module was loaded. Their begin is not
 * known, nor what they killed; their end is seen.
 */
#ifndef NSO_LATE_TEARDOWN_H
#define NSO_LATE_TEARDOWN_H

/*
 * Finds them. Called after nso_probe_init(). May sleep. For which there is no slot
 * or no memory counts in nso_teardown_refused(). nso_stall_note() follows.
 */
void nso_late_teardown_init(void);

/* Called after nso_late_teardown_init(), before nso_probe_exit(). May sleep. */
void nso_late_teardown_exit(void);

/* Looks whether one has ended and nobody has seen it. Any time; may sleep. */
void nso_late_teardown_check(void);

#endif
