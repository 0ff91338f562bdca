// SPDX-License-Identifier: GPL-2.0
#include "event.h"

void event_process(struct process *process, struct task_struct *task)
{
	event_process_inline(process, task);
}
