/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a pid namespace is still there: the verdict on the facts. It depends on
 * nothing else, so tests make up facts for every case.
 */
#ifndef NSORPHAN_VERDICT_H
#define NSORPHAN_VERDICT_H

#include <stddef.h>
#include <stdint.h>

#include "explain/gather.h"
#include "explain/verdict-kind.h"

/*
 * Bit numbers of the flags of a finding. In a teardown they are those of enum
 * nsorphan_remaining_flag; a child of init may have these besides. They say what it
 * does with the signal that it was sent.
 */
enum finding_flag {
	FINDING_HANDLES = 16,
	FINDING_IGNORES,
	FINDING_BLOCKS,
	FINDING_SENT_NONE,	/* it surely was sent no signal */
	FINDING_FLAGS,
};

/* The word for bit number @flag below FINDING_FLAGS, or NULL. */
const char *finding_flag_name(unsigned int flag);

/* A process that is waited for. */
struct finding {
	const struct view *view;
	enum verdict_kind cause;
	unsigned int	flags;
	const struct chain *chain;	/* from it, or from init; NULL: none */
};

struct verdict {
	enum verdict_kind kind;
	uint32_t	signal;		/* that the verdict is about; 0: none */
	struct finding	*findings;	/* for free() */
	size_t		count;
};

/* Returns 0 or -ENOMEM. The findings point into @facts. */
int verdict_find(const struct facts *facts, struct verdict *verdict);

/*
 * Whether init, which has taken the signal that it was sent last, seems to be in
 * its handler still.
 */
bool verdict_in_handler(const struct facts *facts);

#endif
