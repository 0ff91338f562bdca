/* SPDX-License-Identifier: GPL-2.0 */
/* A verdict in sentences: what holds the namespace, and who has to act. */
#ifndef NSORPHAN_VERDICT_TEXT_H
#define NSORPHAN_VERDICT_TEXT_H

#include "explain/advice.h"
#include "explain/verdict.h"

/*
 * Returns a string for free(), or NULL where there is no memory. Names of
 * processes are in it as they are: any bytes but NUL.
 */
char *verdict_text(const struct facts *facts, const struct verdict *verdict,
		   const struct advice *advice);

#endif
