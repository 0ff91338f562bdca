/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a pid namespace is still there: a verdict on facts. Nothing here looks at
 * anything but these, so every case of it can be tested with facts made up.
 */
#ifndef NSORPHAN_VERDICT_H
#define NSORPHAN_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain/gather.h"
#include "explain/verdict-kind.h"

/*
 * What else is known of a process that is waited for: in a teardown bits of
 * enum nsorphan_left_flag, and behind them these of a child of init.
 */
enum finding_flag {
	FLAG_HANDLES = 16,	/* the signal that it was sent */
	FLAG_IGNORES,
	FLAG_BLOCKS,
	FLAG_SENT_NONE,
	FLAGS,
};

/* The word for bit number @flag below FLAGS, or NULL. */
const char *finding_flag_name(unsigned int flag);

/* One that is waited for, and why. */
struct finding {
	const struct view *view;
	enum verdict_kind	cause;
	unsigned int	flags;
};

struct verdict {
	enum verdict_kind	kind;
	uint32_t	signal;		/* that it is about; 0: none */
	struct finding	*findings;	/* for free() */
	size_t		count;
};

/* Returns 0 or -ENOMEM. The findings point into @facts. */
int verdict_find(const struct facts *facts, struct verdict *verdict);

#endif
