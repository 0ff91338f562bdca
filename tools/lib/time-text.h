/* SPDX-License-Identifier: GPL-2.0 */
/* Times as people type them. */
#ifndef NSORPHAN_TIME_TEXT_H
#define NSORPHAN_TIME_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads a moment: "10m" or "1h30m" ago (units s, m, h, d and w); "20:30",
 * "20:30:15" today; "2026-11-23", with or without " 20:30" or " 20:30:15", or a T
 * in place of the blank; "2026-11-23T20:30:00Z", a fraction allowed; "now",
 * "today", "yesterday"; "@SECONDS" since 1970. Local time but for Z. Writes
 * nanoseconds since boot to @boot_ns; 0: before that. Returns false for any
 * other @text.
 */
bool time_text_parse(const char *text, uint64_t *boot_ns);

#endif
