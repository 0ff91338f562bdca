/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_PROBE_SIGNAL_H
#define NSORPHAN_PROBE_SIGNAL_H

/* As probe_start() and probe_stop(). Both may sleep. */
int probe_signal_start(void);
void probe_signal_stop(void);

#endif
