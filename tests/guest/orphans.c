// SPDX-License-Identifier: GPL-2.0
/*
 * Leaves orphans that live: exits with that many children, each of which ends
 * once it has been reparented.
 *
 * usage: orphans CHILDREN
 */
#include <stdlib.h>
#include <unistd.h>

/* The parent's end of the pipe is closed shortly before it is reparented. */
static void outlive(pid_t parent, int parent_end)
{
	char byte;

	if (read(parent_end, &byte, 1) < 0)
		_exit(1);
	while (getppid() == parent)
		usleep(100);
	_exit(0);
}

int main(int argc, char **argv)
{
	pid_t pid, parent = getpid();
	int i, ends[2], children;

	if (argc < 2)
		return 2;
	children = atoi(argv[1]);
	if (pipe(ends))
		return 1;
	for (i = 0; i < children; i++) {
		pid = fork();
		if (pid < 0)
			return 1;
		if (!pid) {
			close(ends[1]);
			outlive(parent, ends[0]);
		}
	}
	return 0;
}
