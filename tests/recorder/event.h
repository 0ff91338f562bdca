/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stands for module/event.h, which is about the kernel's tasks: included before
 * it, under its name, so that nothing is left of it. The recorder knows the
 * first three members; the rest is what shows whether an event is whole.
 */
#ifndef NSO_EVENT_H
#define NSO_EVENT_H

#include <linux/types.h>

#include "nsorphan.h"

#define EVENT_WORDS	20

struct nso_event {
	u64 seq;
	u64 boot_ns;
	enum nsorphan_event_type type;
	u32 reserved;
	u64 words[EVENT_WORDS];
};

#endif
