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

#include "proc/container.h"
#include "genl/event.h"
#include "proc/freezer.h"
#include "explain/last-signal.h"
#include "lib/signal-name.h"
#include "genl/teardown.h"
#include "proc/blocked.h"

/* The closed list of nsorphan(8), of verdicts and causes. */
enum verdict_word {
	VERDICT_HEALTHY,
	VERDICT_INIT_IGNORES_SIGNAL,
	VERDICT_INIT_BLOCKS_SIGNAL,
	VERDICT_INIT_WAITS_FOR_CHILD,
	VERDICT_INIT_STOPPED,
	VERDICT_INIT_DISK_SLEEP,
	VERDICT_OUTSIDE_PARENT,
	VERDICT_TRACED,
	VERDICT_DISK_SLEEP,
	VERDICT_LIVE_THREAD,
	VERDICT_FROZEN,
	VERDICT_DUMPING,
	VERDICT_RUNNING,
	VERDICT_GONE,
	VERDICT_WORDS,
};

const char *verdict_name(enum verdict_word cause);

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

/* One process, as far as it could be read. */
struct view {
	struct process	process;
	char		letter;		/* of its state */
	bool		has_signals;	/* pending to caught are known */
	uint64_t	pending;
	uint64_t	blocked;	/* by every thread */
	uint64_t	ignored;
	uint64_t	caught;
	struct last_signal	sent;
	struct blocked	blocked_in;
	struct process	parent;		/* has is 0: unknown */
	struct process	tracer;		/* has is 0: none */
	bool		outside_parent;	/* it is not in this namespace */
	bool		outside_tracer;
	enum frozen	frozen;
	bool		dumping;
	uint32_t	thread_state;	/* of the next, enum nsorphan_task_state */
	uint32_t	live_thread;	/* of a leader that has ended; 0: none */
	struct remaining	remaining;		/* what the module says, where it has it */
};

enum condition {
	NS_ALIVE,
	NS_TEARDOWN,
	NS_GONE,
};

struct facts {
	enum condition	condition;
	uint32_t	pidns;
	uint64_t	now_ns;		/* since boot */
	bool		has_init;
	bool		own_ns;		/* init is that of a namespace, not 1 */
	struct view	init;
	/* alive: children of init that live; teardown: who is left */
	struct view	*others;
	size_t		count;
	const struct event *begin;	/* of the teardown; NULL: not recorded */
	const struct event *end;
	char		container[CONTAINER_SIZE];	/* empty: none */
};

/* One that is waited for, and why. */
struct finding {
	const struct view *view;
	enum verdict_word	cause;
	unsigned int	flags;
};

#define VERDICT_TEXT_SIZE	2048

struct verdict {
	enum verdict_word	cause;
	uint32_t	signal;		/* that it is about; 0: none */
	struct finding	*findings;	/* for free() */
	size_t		count;
	char		text[VERDICT_TEXT_SIZE];
};

/* Returns 0 or -ENOMEM. The findings point into @facts. */
int verdict_find(const struct facts *facts, struct verdict *verdict);

/* The part of it that writes the text: verdict-text.c. */
void verdict_tell(const struct facts *facts, struct verdict *verdict);

/* Whether a process has a way to take this signal other than to die of it. */
bool view_handles(const struct view *view, uint32_t signal);

#endif
