// SPDX-License-Identifier: GPL-2.0
#include "explain/last-signal.h"
#include "lib/signal-name.h"
#include "proc/procfs.h"

void last_signal_find(const struct history *history,
		      const struct process *target, uint64_t since_ns,
		      struct last_signal *sent)
{
	size_t i = history_signals(history, target->pid);
	const struct sent_signal *signal;

	*sent = (struct last_signal){ .known = false };
	for (; i < history->nr_signals; i++) {
		signal = &history->signals[i];
		if (signal->target.pid != target->pid)
			break;
		if (!process_same(&signal->target, target) ||
		    !signal->sent.sender.has || signal->sent.boot_ns < since_ns)
			continue;
		/* A later signal counts, unless only the earlier one asks. */
		if (!sent->known || signal_asks_to_end(signal->sent.signal) ||
		    !signal_asks_to_end(sent->signal))
			*sent = signal->sent;
	}
}

enum signal_coverage last_signal_coverage(const struct history *history,
					  uint32_t pidns, uint64_t seq)
{
	if (history->recorded == NSORPHAN_SIGNALS_OFF ||
	    (history->recorded != NSORPHAN_SIGNALS_ALL &&
	     pidns == PROCFS_PIDNS_INITIAL))
		return COVERAGE_OFF;
	if (history->missed || !seq || history->whole_from > seq)
		return COVERAGE_SOME;
	return COVERAGE_ALL;
}

enum signal_coverage last_signal_coverage_of(const struct history *history,
					     const struct process *process)
{
	bool whole = history->whole_from <= 1 ||
		     history->whole_from_ns <= process->start_ns;

	return last_signal_coverage(history, process->pidns,
				    whole ? UINT64_MAX : 0);
}
