/* SPDX-License-Identifier: GPL-2.0 */
/* How the main process of a container ended, in words. */
#ifndef NSORPHAN_END_TEXT_H
#define NSORPHAN_END_TEXT_H

#include <stdint.h>

#include "genl/life.h"

struct strbuf;

/*
 * Appends how main of @life ended, which the engine stops with @stop_signal (0:
 * none is set), as what follows its name: " was killed by SIGKILL from runc 301
 * (...) 10.0 s after SIGTERM, for which its init sleep had no handler: the
 * engine, on someone's order; see docker events", " ended by itself with exit
 * code 3". Names are as they are: any bytes but NUL.
 */
void end_text_append(struct strbuf *text, const struct life *life,
		     uint32_t stop_signal);

#endif
