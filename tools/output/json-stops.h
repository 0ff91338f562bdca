/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_JSON_STOPS_H
#define NSORPHAN_JSON_STOPS_H

#include <stdbool.h>
#include <stddef.h>

struct container_stop;

void json_stops(const struct container_stop *stops, size_t count, bool heading);

#endif
