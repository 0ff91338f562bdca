/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Formats numbers in decimal, as printf() does, at a tenth of its cost: an
 * event has thirty of them.
 */
#ifndef NSORPHAN_DECIMAL_H
#define NSORPHAN_DECIMAL_H

#include <stddef.h>
#include <stdint.h>

/* Digits of UINT64_MAX. */
#define DECIMAL_MAX	20

/*
 * Writes the digits of @n, without a NUL, to @to, which has room for
 * DECIMAL_MAX. Returns how many there are.
 */
size_t decimal(uint64_t n, char *to);

/*
 * Writes the last @width digits of @n, padded with leading zeros and without a
 * NUL, to @to.
 */
void decimal_zeros(uint64_t n, size_t width, char *to);

#endif
