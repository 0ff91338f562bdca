/* SPDX-License-Identifier: GPL-2.0 */
/* Sizes of memory for people to read. */
#ifndef NSORPHAN_SIZE_H
#define NSORPHAN_SIZE_H

#include <stdint.h>

/* Size of the longest text, its NUL included. */
#define SIZE_TEXT_SIZE	32

/* Writes "24 MiB" or "1.5 GiB", for instance. Returns @text. */
const char *size_text(uint64_t bytes, char text[SIZE_TEXT_SIZE]);

#endif
