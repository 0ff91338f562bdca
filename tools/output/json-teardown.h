/* SPDX-License-Identifier: GPL-2.0 */
/* A running teardown in JSON; see struct output_format. */
#ifndef NSORPHAN_JSON_TEARDOWN_H
#define NSORPHAN_JSON_TEARDOWN_H

#include "genl/teardown.h"

void json_teardown(const struct teardown *teardown,
		   const struct container *container);

#endif
