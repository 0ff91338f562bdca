/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers in digits, as printf() makes them, at a tenth of its cost: an event
 * has thirty of them.
 */
#ifndef NSORPHAN_DECIMAL_H
#define NSORPHAN_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

/* Digits of the greatest. */
#define DECIMAL_MAX	20

/* Writes @n to @to, which has room for DECIMAL_MAX. Returns how many digits. */
size_t decimal(uint64_t n, char *to);

/* Writes @n to @to in @width digits, zeros before it; the last ones of it. */
void decimal_zeros(uint64_t n, size_t width, char *to);

#endif
