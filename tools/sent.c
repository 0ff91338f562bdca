// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>

#include "history.h"
#include "proc.h"
#include "sent.h"
#include "signame.h"

void sent_last(const struct history *history, const struct process *target,
	       uint64_t since_ns, struct sent *sent)
{
	size_t i = history_signals(history, target->pid);
	const struct sent_signal *one;

	*sent = (struct sent){ .known = false };
	for (; i < history->nr_signals; i++) {
		one = &history->signals[i];
		if (one->target.pid != target->pid)
			break;
		if (!history_same(&one->target, target) ||
		    !one->sent.sender.has || one->sent.boot_ns < since_ns)
			continue;
		/* They are in order: a later one counts, but for a lesser one. */
		if (!sent->known || signal_asks_to_end(one->sent.signal) ||
		    !signal_asks_to_end(sent->signal))
			*sent = one->sent;
	}
}

enum sent_record sent_record(const struct history *history, uint32_t pidns,
			     uint64_t seq)
{
	if (history->recorded == NSORPHAN_SIGNALS_OFF ||
	    (history->recorded == NSORPHAN_SIGNALS_NAMESPACED &&
	     pidns == PROC_PIDNS_INITIAL))
		return SENT_OFF;
	return history->missed || !seq || history->whole_from > seq ? SENT_SOME
								    : SENT_ALL;
}

enum sent_record sent_record_of(const struct history *history,
				const struct process *process)
{
	bool whole = history->whole_from <= 1 ||
		     history->whole_from_ns <= process->start_ns;

	return sent_record(history, process->pidns,
			   whole ? UINT64_MAX : 0);
}
