/* SPDX-License-Identifier: GPL-2.0 */
/* An explanation in JSON; see struct output_format. */
#ifndef NSORPHAN_JSON_EXPLAIN_H
#define NSORPHAN_JSON_EXPLAIN_H

#include "explain/explain.h"

void json_explain(const struct explanation *explanation);

#endif
