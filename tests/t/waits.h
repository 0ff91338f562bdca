/* SPDX-License-Identifier: GPL-2.0 */
/* The functions in place of which waits.c is called, and what they were. */
#ifndef NSORPHAN_TEST_WAITS_H
#define NSORPHAN_TEST_WAITS_H

#include <stdbool.h>
#include <sys/types.h>

ssize_t __real_procfs_read_file(int dir, const char *name, char *text,
				size_t size);
ssize_t __wrap_procfs_read_file(int dir, const char *name, char *text,
				size_t size);

bool __real_procfs_read_link(int dir, const char *name, char *target,
			     size_t size);
bool __wrap_procfs_read_link(int dir, const char *name, char *target,
			     size_t size);

#endif
