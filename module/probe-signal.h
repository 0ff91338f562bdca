/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSO_PROBE_SIGNAL_H
#define NSO_PROBE_SIGNAL_H

/* As nso_probe_init() and nso_probe_exit(). */
int nso_probe_signal_init(void);
void nso_probe_signal_exit(void);

#endif
