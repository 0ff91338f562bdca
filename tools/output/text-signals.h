/* SPDX-License-Identifier: GPL-2.0 */
/* Counted signals as a table; see struct output_format. */
#ifndef NSORPHAN_TEXT_SIGNALS_H
#define NSORPHAN_TEXT_SIGNALS_H

#include <stdbool.h>

#include "genl/signal-count.h"

void text_signals(const struct signal_counts *counts, bool end);

#endif
