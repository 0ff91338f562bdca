/* SPDX-License-Identifier: GPL-2.0 */
/* What a user names: PID, CONTAINER or pidns:INUM. */
#ifndef NSORPHAN_TARGET_H
#define NSORPHAN_TARGET_H

#include <stdbool.h>
#include <stdint.h>

struct history;
struct snapshot;

enum target_kind {
	TARGET_PIDNS,		/* a pid namespace below the initial one */
	TARGET_PROCESS,		/* a process of the initial pid namespace */
};

struct target {
	enum target_kind kind;
	uint32_t	pidns;
	uint32_t	pid;		/* where the user named a process; or 0 */
	uint64_t	start_ticks;	/* of that process */
};

/*
 * The functions below print the reason of a failure on standard error, as a
 * message of @command.
 */

/* What target_find() returns. */
enum target_found {
	TARGET_FOUND,
	TARGET_RECORDED,	/* not alive; target_recorded() may find it */
	TARGET_WRONG,		/* failed */
};

/*
 * Looks up @text among the live processes of @snapshot. A number is a pid where
 * some process has it, else it may be the beginning of a container's id.
 */
enum target_found target_find(const char *command, const char *text,
			      const struct snapshot *snapshot,
			      struct target *target);

/*
 * Looks up @text, for which target_find() returned TARGET_RECORDED, in
 * @history, which was read for target_pid(). Returns false where it is not
 * recorded, or is no pid namespace.
 */
bool target_recorded(const char *command, const char *text,
		     const struct history *history, struct target *target);

/*
 * Checks that @history, which was read for the pid namespace @pidns, has events
 * of it. Returns false where it has none.
 */
bool target_pidns_recorded(const char *command, uint32_t pidns,
			   const struct history *history);

/* Returns the pid that @text may stand for, or 0. Prints nothing. */
uint32_t target_pid(const char *text);

/* Returns INUM where @text is pidns:INUM, or 0. Prints nothing. */
uint32_t target_pidns(const char *text);

#endif
