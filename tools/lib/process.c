// SPDX-License-Identifier: GPL-2.0
#include "lib/clock.h"
#include "lib/process.h"

uint64_t process_start_ticks(const struct process *process)
{
	return process->start_ns / clock_tick_ns();
}

bool process_same(const struct process *a, const struct process *b)
{
	return a->pid == b->pid &&
	       process_start_ticks(a) == process_start_ticks(b);
}
