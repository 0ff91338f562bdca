/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_TEXT_STOPS_H
#define NSORPHAN_TEXT_STOPS_H

#include <stdbool.h>
#include <stddef.h>

struct container_stop;

void text_stops(const struct container_stop *stops, size_t count, bool heading);

#endif
