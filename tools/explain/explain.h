/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a pid namespace, or a process, is still there: the recorded history, the
 * facts gathered from /proc, and the verdict on both.
 */
#ifndef NSORPHAN_EXPLAIN_H
#define NSORPHAN_EXPLAIN_H

#include <stddef.h>

#include "explain/verdict.h"
#include "genl/history.h"

struct client;
struct target;

/* Zeroed: nothing is explained yet. The facts point into the history. */
struct explanation {
	struct history	history;
	struct facts	facts;
	struct verdict	verdict;
	char		*text;		/* the verdict in sentences */
};

/*
 * Explains @target. Reads the history and /proc again where they disagree, and
 * where the first verdict may be a transient one; sleeps in between.
 * explain_free() frees @explanation, after a failure, too.
 *
 * Returns 0, -ENOMEM, a negative errno of client.h, or
 *   -ESRCH	the process ended meanwhile
 *   -EAGAIN	history and /proc disagreed every time
 */
int explain_target(struct client *client, const struct target *target,
		   struct explanation *explanation);
void explain_free(struct explanation *explanation);

/* "alive", "teardown" or "gone". */
const char *explain_condition_name(enum condition condition);

/*
 * The init of the explained namespace, or the explained process. Where it is
 * gone, as it was recorded; has is 0 where nothing is recorded.
 */
const struct process *explain_init(const struct explanation *explanation);

/*
 * Number of the first event in @recent since that init was started. Earlier
 * events are of other processes: pids and inode numbers of pid namespaces are
 * reused.
 */
size_t explain_first_event(const struct explanation *explanation,
			   const struct recent *recent);

#endif
