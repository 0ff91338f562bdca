/* SPDX-License-Identifier: GPL-2.0 */
/* Events as text, a line each; see struct output_format. */
#ifndef NSORPHAN_TEXT_EVENT_H
#define NSORPHAN_TEXT_EVENT_H

#include "genl/event.h"

/* Prints a heading, on a terminal only: a pipe gets nothing but events. */
void text_begin(void);

void text_event(const struct event *event, const struct container *container);

#endif
