/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is being read of processes and cgroups, and what is not to be read again.
 *
 * Nothing of /proc/PID is safe to read: to open, to read and to follow it takes
 * locks that the process may hold while it is stuck, and references, of which
 * the reader may drop the last one, with all that follows (see procfs.h). So a
 * command that reads processes does it in a worker (cmd/worker.h), which can be
 * left behind. These notes, in memory that both share, tell where it hangs.
 */
#ifndef NSORPHAN_READING_H
#define NSORPHAN_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Maximum number of files that are given up. */
#define READING_GIVEN_UP_MAX	64

/* Size of the end of a path, and a NUL. */
#define READING_NAME_SIZE	72

/* A file; @pid is 0 where @name is that of no process, or a whole path. */
struct reading_file {
	uint32_t	pid;
	char		name[READING_NAME_SIZE];
};

struct reading {
	uint64_t	calls;		/* begun or ended; odd: in one */
	struct reading_file file;	/* of that call, or of the last one */
	struct reading_file given_up[READING_GIVEN_UP_MAX];
	size_t		nr_given_up;
};

/*
 * Takes notes in @reading from now on, and reads nothing that is given up there;
 * NULL, as at the start: in memory of this process.
 */
void reading_note_in(struct reading *reading);

/*
 * Frames a call that reads the file @name of process @pid. reading_begin()
 * returns false where the file has been given up: then there is no call, nor
 * reading_end().
 */
bool reading_begin(uint32_t pid, const char *name);
void reading_end(void);

/* Gives up the file that is being read in @reading, or was read last. */
void reading_give_up(struct reading *reading);

/* What has been given up, for messages; none outside of a worker. */
const struct reading_file *reading_given_up(size_t *count);

/* Size of the text that reading_path() writes, its NUL included. */
#define READING_PATH_SIZE	(READING_NAME_SIZE + 24)

/* Writes "/proc/PID/NAME", or the end of the path that @file has. */
void reading_path(const struct reading_file *file, char path[READING_PATH_SIZE]);

#endif
