/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SHIM_DELAY_H
#define SHIM_DELAY_H

#include "sim.h"

static inline void usleep_range(unsigned long min, unsigned long max)
{
	sim_sleep(min * 1000);
}

#endif
