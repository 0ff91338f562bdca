/* SPDX-License-Identifier: GPL-2.0 */
/* The containers that live in JSON, a line each; see struct output_format. */
#ifndef NSORPHAN_JSON_LIST_H
#define NSORPHAN_JSON_LIST_H

#include "explain/overview.h"

void json_list(const struct overview *overview);

#endif
