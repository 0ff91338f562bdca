/* SPDX-License-Identifier: GPL-2.0 */
/* An explanation as text; see struct output_format. */
#ifndef NSORPHAN_TEXT_EXPLAIN_H
#define NSORPHAN_TEXT_EXPLAIN_H

#include "explain/explain.h"

void text_explain(const struct explanation *explanation);
void text_explain_one(const struct explanation *explanation);
void text_explain_none(size_t count);

#endif
