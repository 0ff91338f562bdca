/* SPDX-License-Identifier: GPL-2.0 */
/* The tables of text output. */
#ifndef NSORPHAN_PRINT_TABLE_H
#define NSORPHAN_PRINT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "genl/signal-count.h"
#include "genl/teardown.h"

/* A line for each process that @teardown waits for, and headings. */
void table_of_remaining(const struct teardown *teardown);

/*
 * A line for each of the first @max rows of @counts, and headings; with @changed
 * of those that changed alone, without headings.
 */
void table_of_signals(const struct signal_counts *counts, bool changed, size_t max);

#endif
