/* SPDX-License-Identifier: GPL-2.0 */
/* The clocks of events: nanoseconds since boot, and since 1970 in UTC. */
#ifndef NSORPHAN_CLOCK_H
#define NSORPHAN_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define NS_PER_MS	UINT64_C(1000000)
#define NS_PER_SEC	UINT64_C(1000000000)

/* CLOCK_BOOTTIME now. */
uint64_t clock_boot_ns(void);

/* The time of day, in ns since 1970, of a moment @boot_ns after boot. */
uint64_t clock_real_ns(uint64_t boot_ns);

/* Room for what clock_rfc3339() writes, its NUL included. */
#define CLOCK_RFC3339_SIZE	40

/* @real_ns as "2026-11-23T20:30:00.123456789Z". */
void clock_rfc3339(uint64_t real_ns, char text[CLOCK_RFC3339_SIZE]);

#endif
