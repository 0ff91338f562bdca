// SPDX-License-Identifier: GPL-2.0
/*
 * Orphans that live: leaves so many children at once, each of which ends by
 * itself after a while.
 *
 * usage: orphans CHILDREN LINGER
 *
 * LINGER: milliseconds.
 */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int i, children, linger_ms;

	if (argc < 3)
		return 2;
	children = atoi(argv[1]);
	linger_ms = atoi(argv[2]);
	for (i = 0; i < children; i++) {
		struct timespec linger = {
			.tv_sec = linger_ms / 1000,
			.tv_nsec = linger_ms % 1000 * 1000000L,
		};

		switch (fork()) {
		case -1:
			return 1;
		case 0:
			nanosleep(&linger, NULL);
			_exit(0);
		}
	}
	return 0;
}
