/* SPDX-License-Identifier: GPL-2.0 */
/* What a user names: PID, CONTAINER, NAMESPACE/POD or pidns:INUM. */
#ifndef NSORPHAN_TARGET_H
#define NSORPHAN_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proc/container.h"

struct history;
struct life;
struct lives;
struct snapshot;

enum target_kind {
	TARGET_PIDNS,		/* a pid namespace below the initial one */
	TARGET_PROCESS,		/* a process of the initial pid namespace */
	TARGET_CONTAINER,
};

struct target {
	enum target_kind kind;
	uint32_t	pidns;		/* of a container: that of main; or 0 */
	uint32_t	pid;		/* of the process, or of main */
	uint64_t	start_ticks;	/* of the same */
	const struct life *life;	/* of the ledger; NULL: not in it */
	size_t		earlier;	/* others of that name that are gone */
	uint32_t	named_pid;	/* where the user named a process; or 0 */
	uint32_t	user;		/* whose container: see container_user() */
	char		id[CONTAINER_SIZE];	/* of the container */
};

/* What one name stands for: all containers of a pod, else one. Zeroed: nothing. */
struct targets {
	struct target	*list;		/* for free() */
	size_t		count;
};

/*
 * The functions below print the reason of a failure on standard error, as a
 * message of @command.
 */

/* What target_find() returns. */
enum target_found {
	TARGET_FOUND,
	TARGET_GONE,		/* found in the history */
	TARGET_UNREAD,		/* the history is needed */
	TARGET_WRONG,		/* failed */
};

/*
 * Looks up @text among the live processes of @snapshot, in the ledger's @lives
 * (NULL: not known) and in @history (NULL: not read yet), which was read for
 * target_pid(). It is, in this order, a pid namespace, a pod or a container in
 * it, a container's full id or whole name, a pid, the beginning of an id, that of
 * a name; what lives comes before what is gone. Of several that are gone and are
 * called the same the last one is taken. A pid stands for the container that the
 * process is in, or else for its pid namespace below the initial one.
 *
 * If @text is found there is at least one of @targets, the sandbox of a pod that
 * lives last; they point into @lives. A pid namespace without processes is gone;
 * whether it was there is to be checked by target_pidns_recorded().
 */
enum target_found target_find(const char *command, const char *text,
			      const struct snapshot *snapshot,
			      const struct lives *lives,
			      const struct history *history,
			      struct targets *targets);

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
