/* SPDX-License-Identifier: GPL-2.0 */
/* Durations for people to read. */
#ifndef NSORPHAN_DURATION_H
#define NSORPHAN_DURATION_H

#include <stdint.h>

/* Size of the longest text, its NUL included. */
#define DURATION_SIZE	32

/*
 * Writes "850 ns", "21.3 ms", "4.9 s", "3 min 20 s" or "5 h 12 min", rounded
 * down. Returns @text.
 */
const char *duration_text(uint64_t ns, char text[DURATION_SIZE]);

#endif
