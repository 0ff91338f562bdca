/* SPDX-License-Identifier: GPL-2.0 */
/* The tables of text output. */
#ifndef NSORPHAN_PRINT_TABLE_H
#define NSORPHAN_PRINT_TABLE_H

#include "teardown.h"

/* A line for each process that @teardown waits for, and headings. */
void table_of_left(const struct teardown *teardown);

#endif
