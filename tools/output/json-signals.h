/* SPDX-License-Identifier: GPL-2.0 */
/* Counted signals in JSON, a line each row; see struct output_format. */
#ifndef NSORPHAN_JSON_SIGNALS_H
#define NSORPHAN_JSON_SIGNALS_H

#include <stdbool.h>

#include "genl/signal-count.h"

void json_signals(const struct signal_counts *counts, bool end);

#endif
