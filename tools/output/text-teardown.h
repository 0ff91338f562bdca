/* SPDX-License-Identifier: GPL-2.0 */
/* A running teardown as text; see struct output_format. */
#ifndef NSORPHAN_TEXT_TEARDOWN_H
#define NSORPHAN_TEXT_TEARDOWN_H

#include "genl/teardown.h"

void text_teardown(const struct teardown *teardown,
		   const struct container *container);

#endif
