/* SPDX-License-Identifier: GPL-2.0 */
/* Events in JSON; see struct output_format. */
#ifndef NSORPHAN_JSON_EVENT_H
#define NSORPHAN_JSON_EVENT_H

#include "genl/event.h"

/* Adds members to the open object. @container: NULL where none is known. */
void json_event_members(const struct event *event,
			const struct container *container);

/* Print a line. */
void json_event(const struct event *event, const struct container *container);
void json_lost(const struct event *event);

#endif
