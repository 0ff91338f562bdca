/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who must act so that a verdict does not hold any more, and the command that does
 * it. See remedy.h for what no command does.
 */
#ifndef NSORPHAN_ADVICE_H
#define NSORPHAN_ADVICE_H

#include "explain/verdict.h"

/* The strings point into the facts, but for the remedy. */
struct advice {
	const struct process *process;	/* the actor; NULL: none, or a thing */
	const char	*what;		/* the thing; NULL: none, or a process */
	const struct process *candidates;	/* who may be the actor */
	size_t		nr_candidates;
	char		*remedy;	/* command; NULL: none that helps */
};

/*
 * Finds the advice on @verdict. Returns 0 or -ENOMEM. advice_free() frees
 * @advice.
 */
int advice_find(const struct facts *facts, const struct verdict *verdict,
		struct advice *advice);

/* The same on one of its findings. */
int advice_on(const struct facts *facts, const struct finding *finding,
	      struct advice *advice);

void advice_free(struct advice *advice);

#endif
