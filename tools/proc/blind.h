/* SPDX-License-Identifier: GPL-2.0 */
/* Why the kernel calls no probes: who switched them all off, where that shows. */
#ifndef NSORPHAN_BLIND_H
#define NSORPHAN_BLIND_H

/*
 * Returns one sentence without a full stop: the cause, as far as it can be told
 * now, and what to do. It stays valid.
 */
const char *blind_sentence(void);

#endif
