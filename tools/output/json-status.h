/* SPDX-License-Identifier: GPL-2.0 */
/* The module's status and selftest's checks in JSON; see struct output_format. */
#ifndef NSORPHAN_JSON_STATUS_H
#define NSORPHAN_JSON_STATUS_H

#include "output/output.h"

void json_status(const struct status *status);
void json_checks(const struct check *checks, size_t count);

#endif
