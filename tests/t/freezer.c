// SPDX-License-Identifier: GPL-2.0
/*
 * Prints what freezes a process, and thaws it, for each folder that is given, which stands
 * for its /proc/PID. The file $MOUNTINFO stands for /proc/self/mountinfo.
 * Linked with -Wl,--wrap=procfs_read_whole_file.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>

#include "proc/freezer.h"
#include "proc/procfs.h"

static const char *const words[] = {
	[FROZEN_NOT] = "not", [FROZEN_V2] = "v2", [FROZEN_V1] = "v1",
};

char *__real_procfs_read_whole_file(int dir, const char *name);
char *__wrap_procfs_read_whole_file(int dir, const char *name);

char *__wrap_procfs_read_whole_file(int dir, const char *name)
{
	(void)name;
	return __real_procfs_read_whole_file(dir, getenv("MOUNTINFO"));
}

int main(int argc, char **argv)
{
	struct freezer freezer;
	int i, dir;

	for (i = 1; i < argc; i++) {
		dir = open(argv[i], O_RDONLY | O_DIRECTORY);
		if (dir < 0)
			return 1;
		freezer_find(dir, &freezer);
		printf("%s%s", words[freezer.frozen],
		       freezer.partly ? " partly" : "");
		if (freezer.file)
			printf(" %s %s", freezer_word(&freezer), freezer.file);
		puts("");
		freezer_free(&freezer);
	}
	return 0;
}
