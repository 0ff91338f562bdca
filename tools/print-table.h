/* SPDX-License-Identifier: GPL-2.0 */
/* The tables of text output. */
#ifndef NSORPHAN_PRINT_TABLE_H
#define NSORPHAN_PRINT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "tally.h"
#include "teardown.h"

/* A line for each process that @teardown waits for, and headings. */
void table_of_left(const struct teardown *teardown);

/*
 * A line for each of the first @max rows of @tally, and headings; with @changed
 * of those that changed alone, without headings.
 */
void table_of_tally(const struct tally *tally, bool changed, size_t max);

#endif
