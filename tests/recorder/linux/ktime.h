/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_KTIME_H
#define SHIM_KTIME_H

#include "sim.h"

#define NSEC_PER_MSEC	1000000L

static inline u64 ktime_get_ns(void)
{
	return sim_now_ns();
}

#endif
