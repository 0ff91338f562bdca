// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <stdio.h>

#include "lib/size.h"
#include "lib/util.h"

const char *size_text(uint64_t bytes, char text[SIZE_TEXT_SIZE])
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	uint64_t unit = 1;
	size_t i = 0;

	while (bytes / unit >= 1024 && i + 1 < ARRAY_SIZE(units)) {
		unit *= 1024;
		i++;
	}
	if (bytes % unit)
		snprintf(text, SIZE_TEXT_SIZE, "%.1f %s",
			 (double)bytes / (double)unit, units[i]);
	else
		snprintf(text, SIZE_TEXT_SIZE, "%llu %s",
			 (unsigned long long)(bytes / unit), units[i]);
	return text;
}
