/* SPDX-License-Identifier: GPL-2.0 */
/* nsorphan explain: what its two forms of output print. */
#ifndef NSORPHAN_EXPLAIN_H
#define NSORPHAN_EXPLAIN_H

#include "genl/history.h"
#include "explain/verdict.h"

struct explanation {
	struct history	history;
	struct facts	facts;
	struct verdict	verdict;
};

/* "alive", "teardown" or "gone". */
const char *explain_condition(enum condition condition);

/* Of one that is gone too: as it is recorded. has is 0: not known. */
const struct process *explain_init(const struct explanation *explanation);

/*
 * The number of the first event in @recent that is of this namespace, or with
 * this process: numbers are used again, those before were others.
 */
size_t explain_first(const struct explanation *explanation,
		     const struct recent *recent);

#endif
