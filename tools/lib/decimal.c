// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "lib/decimal.h"

size_t decimal(uint64_t n, char *to)
{
	char digits[DECIMAL_MAX];
	size_t at = DECIMAL_MAX;
	unsigned int pair;

	/* Two digits at a time: half the long divisions. */
	for (; n > 9; n /= 100) {
		pair = n % 100;
		digits[--at] = (char)('0' + pair % 10);
		digits[--at] = (char)('0' + pair / 10);
	}
	if (n || at == DECIMAL_MAX)
		digits[--at] = (char)('0' + n);
	memcpy(to, digits + at, DECIMAL_MAX - at);
	return DECIMAL_MAX - at;
}

void decimal_zeros(uint64_t n, size_t width, char *to)
{
	while (width--) {
		to[width] = (char)('0' + n % 10);
		n /= 10;
	}
}
