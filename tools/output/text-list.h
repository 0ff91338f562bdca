/* SPDX-License-Identifier: GPL-2.0 */
/* The containers that live, as a table; see struct output_format. */
#ifndef NSORPHAN_TEXT_LIST_H
#define NSORPHAN_TEXT_LIST_H

#include "explain/overview.h"

void text_list(const struct overview *overview);

#endif
