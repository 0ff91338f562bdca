// SPDX-License-Identifier: GPL-2.0
/* Prints each argument, a number of nanoseconds, as text has it. */
#include <stdio.h>
#include <stdlib.h>

#include "lib/duration.h"

int main(int argc, char **argv)
{
	char text[DURATION_SIZE];
	int i;

	for (i = 1; i < argc; i++)
		puts(duration_text(strtoull(argv[i], NULL, 10), text));
	return 0;
}
