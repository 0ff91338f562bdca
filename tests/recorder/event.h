/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Replaces module/event.h, which needs the tasks of a kernel: it is included
 * first and has the same guard. The recorder uses the first three members; the
 * others show whether an event is whole.
 */
#ifndef NSO_EVENT_H
#define NSO_EVENT_H

#include <linux/types.h>

#include "nsorphan.h"

enum nso_event_kind {
	NSO_EVENT_LIFECYCLE,
	NSO_EVENT_SIGNALS,
	NSO_EVENT_KINDS,
};

#define EVENT_WORDS	20

struct nso_event {
	u64 seq;
	u64 boot_ns;
	enum nsorphan_event_type type;
	u32 reserved;
	u64 words[EVENT_WORDS];
};

#endif
