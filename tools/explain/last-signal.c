// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>

#include "genl/history.h"
#include "proc/procfs.h"
#include "explain/last-signal.h"
#include "lib/signal-name.h"

void last_signal_find(const struct history *history, const struct process *target,
	       uint64_t since_ns, struct last_signal *sent)
{
	size_t i = history_signals(history, target->pid);
	const struct sent_signal *one;

	*sent = (struct last_signal){ .known = false };
	for (; i < history->nr_signals; i++) {
		one = &history->signals[i];
		if (one->target.pid != target->pid)
			break;
		if (!process_same(&one->target, target) ||
		    !one->sent.sender.has || one->sent.boot_ns < since_ns)
			continue;
		/* They are in order: a later one counts, but for a lesser one. */
		if (!sent->known || signal_asks_to_end(one->sent.signal) ||
		    !signal_asks_to_end(sent->signal))
			*sent = one->sent;
	}
}

enum signal_coverage last_signal_coverage(const struct history *history, uint32_t pidns,
			     uint64_t seq)
{
	if (history->recorded == NSORPHAN_SIGNALS_OFF ||
	    (history->recorded == NSORPHAN_SIGNALS_NAMESPACED &&
	     pidns == PROCFS_PIDNS_INITIAL))
		return COVERAGE_OFF;
	return history->missed || !seq || history->whole_from > seq ? COVERAGE_SOME
								    : COVERAGE_ALL;
}

enum signal_coverage last_signal_coverage_of(const struct history *history,
				const struct process *process)
{
	bool whole = history->whole_from <= 1 ||
		     history->whole_from_ns <= process->start_ns;

	return last_signal_coverage(history, process->pidns,
			   whole ? UINT64_MAX : 0);
}
