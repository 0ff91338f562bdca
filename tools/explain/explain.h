/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a container, a pid namespace or a process is still there, or how it ended:
 * the recorded history, the ledger, the facts gathered from /proc, and the
 * verdict on these.
 */
#ifndef NSORPHAN_EXPLAIN_H
#define NSORPHAN_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "explain/advice.h"
#include "explain/verdict.h"
#include "genl/history.h"
#include "genl/life.h"
#include "genl/thread.h"

struct client;
struct target;

/*
 * Zeroed: nothing is explained yet. The facts point into the history, and into
 * the lives or those that the target points into.
 */
struct explanation {
	struct history	history;
	struct lives	lives;
	struct threads	threads;
	struct facts	facts;
	struct verdict	verdict;
	struct advice	advice;
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

/* Time in ms after which a verdict that may be transient is verified. */
#define EXPLAIN_TRANSIENT_MS	200

/*
 * Checks for a verdict that is most often over in a moment: disk sleep, a blocked
 * signal that is pending while init is about to fetch it, or one that it has just
 * taken.
 */
bool explain_may_be_transient(enum verdict_kind kind);

/* "alive", "teardown", "gone" or "left-behind". */
const char *explain_condition_name(enum condition condition);

/*
 * The main process of the explained container, the init of the namespace, or the
 * explained process. Where it is gone, as it was recorded; has is 0 where nothing
 * is recorded.
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
