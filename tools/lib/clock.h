/* SPDX-License-Identifier: GPL-2.0 */
/* Times: nanoseconds since boot, nanoseconds since 1970 (UTC), clock ticks. */
#ifndef NSORPHAN_CLOCK_H
#define NSORPHAN_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define NS_PER_MS	UINT64_C(1000000)
#define NS_PER_SEC	UINT64_C(1000000000)

/* Returns CLOCK_BOOTTIME, the clock of events, in ns. */
uint64_t clock_boot_ns(void);

/* Converts @boot_ns, ns since boot, to ns since 1970. */
uint64_t clock_real_ns(uint64_t boot_ns);

/* Returns the length of a clock tick, the unit of times in /proc, in ns. */
uint64_t clock_tick_ns(void);

/* Size of the text that clock_rfc3339() writes, its NUL included. */
#define CLOCK_RFC3339_SIZE	40

/* Writes @real_ns, ns since 1970, as "2026-11-23T20:30:00.123456789Z". */
void clock_rfc3339(uint64_t real_ns, char text[CLOCK_RFC3339_SIZE]);

#endif
