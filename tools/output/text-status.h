/* SPDX-License-Identifier: GPL-2.0 */
/* The module's status and selftest's checks as text; see struct output_format. */
#ifndef NSORPHAN_TEXT_STATUS_H
#define NSORPHAN_TEXT_STATUS_H

#include "output/output.h"

void text_status(const struct status *status);
void text_checks(const struct check *checks, size_t count);

#endif
