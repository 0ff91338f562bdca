// SPDX-License-Identifier: GPL-2.0
#include <signal.h>

#include "explain/asks.h"
#include "explain/last-signal.h"
#include "genl/life.h"
#include "lib/signal-name.h"
#include "proc/procfs.h"
#include "proc/snapshot.h"

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
		    !signal->sent.sender.has || signal->sent.boot_ns < since_ns ||
		    !signal_ends(signal->sent.signal))
			continue;
		/* A later signal counts, unless only the earlier one asks. */
		if (!sent->known || signal_asks_to_end(signal->sent.signal) ||
		    !signal_asks_to_end(sent->signal))
			*sent = signal->sent;
	}
}

/* Whether @process descends from @main. One that has ended is unknown: no. */
static bool descends(const struct snapshot *snapshot,
		     const struct process *process, const struct process *main)
{
	const struct task *task = snapshot_find(snapshot, process->pid);
	size_t steps = snapshot->count;

	if (!task || !process_same(&task->process, process))
		return false;
	/* Parents that changed while they were read may form a circle. */
	for (; task && steps; steps--) {
		if (task->process.pid == main->pid)
			return true;
		task = task->ppid ? snapshot_find(snapshot, task->ppid) : NULL;
	}
	return false;
}

/* The last signal to main, and how far it asks that to end. */
struct best {
	struct last_signal *sent;
	enum asks	asks;
};

static void take(struct best *best, const struct last_signal *sent,
		 enum asks asks)
{
	*best->sent = *sent;
	best->sent->asks = asks != ASKS_NOT;
	best->asks = asks;
}

/* Counts how often @main was sent the signal that it was sent last. */
static uint32_t count_recorded(const struct history *history,
			       const struct process *main, uint32_t signal)
{
	size_t i = history_signals(history, main->pid);
	const struct sent_signal *sent;
	uint32_t count = 0;

	for (; i < history->nr_signals; i++) {
		sent = &history->signals[i];
		if (sent->target.pid != main->pid)
			break;
		count += sent->sent.signal == signal && sent->sent.sender.has &&
			 process_same(&sent->target, main);
	}
	return count;
}

static uint32_t count_kept(const struct life *life, uint32_t signal)
{
	uint32_t count = 0;
	size_t i;

	for (i = 0; i < life->nr_signals; i++)
		if (life->signals[i].signal == signal &&
		    life->signals[i].sender.has)
			count += life->signals[i].count;
	return count;
}

static void take_recorded(const struct history *history,
			  const struct snapshot *snapshot,
			  const struct process *main, uint32_t stop_signal,
			  struct best *best)
{
	size_t i = history_signals(history, main->pid);
	const struct last_signal *sent;
	enum asks asks;

	for (; i < history->nr_signals; i++) {
		sent = &history->signals[i].sent;
		if (history->signals[i].target.pid != main->pid)
			break;
		if (!process_same(&history->signals[i].target, main) ||
		    !sent->sender.has)
			continue;
		asks = signal_asks(sent->signal, sent->result, stop_signal);
		if (!asks && !signal_ends(sent->signal))
			continue;
		if (asks && descends(snapshot, &sent->sender, main))
			asks = ASKS_NOT;
		if (!best->sent->known || asks >= best->asks)
			take(best, sent, asks);
	}
}

static struct last_signal kept_signal(const struct outside_signal *kept)
{
	return (struct last_signal){
		.known = true,
		.signal = kept->signal,
		.result = (enum nsorphan_signal_result)kept->result,
		.boot_ns = kept->last_ns,
		.sender = kept->sender,
	};
}

/*
 * Takes from the ledger what the record has lost. It has signals from outside
 * of the container only. What both have is taken from the record, which tells
 * what came after it.
 */
static void take_kept(const struct life *life, uint32_t stop_signal,
		      struct best *best)
{
	const struct outside_signal *kept = life->signals;
	const struct outside_signal *end = kept + life->nr_signals;
	bool recorded = best->sent->known;
	enum asks first = best->asks, asks;
	struct last_signal sent;

	for (; kept < end; kept++) {
		asks = signal_asks(kept->signal, kept->result, stop_signal);
		if (!kept->sender.has || (recorded && asks <= first) ||
		    asks < best->asks || (!asks && !signal_ends(kept->signal)))
			continue;
		sent = kept_signal(kept);
		take(best, &sent, asks);
	}
}

void last_signal_to_main(const struct history *history,
			 const struct snapshot *snapshot,
			 const struct life *life, const struct process *main,
			 uint32_t stop_signal, struct last_signal *sent)
{
	struct best best = { .sent = sent };

	*sent = (struct last_signal){ .known = false };
	take_recorded(history, snapshot, main, stop_signal, &best);
	if (life)
		take_kept(life, stop_signal, &best);
	if (!sent->known)
		return;
	sent->count = count_recorded(history, main, sent->signal);
	/* Each has some that the other one has not. */
	if (life && count_kept(life, sent->signal) > sent->count)
		sent->count = count_kept(life, sent->signal);
}

void last_signal_kill(const struct history *history, const struct life *life,
		      const struct process *main, struct last_signal *sent)
{
	size_t i = history_signals(history, main->pid);
	const struct sent_signal *signal;

	*sent = (struct last_signal){ .known = false };
	for (; i < history->nr_signals; i++) {
		signal = &history->signals[i];
		if (signal->target.pid != main->pid)
			break;
		if (process_same(&signal->target, main) &&
		    signal->sent.signal == SIGKILL &&
		    signal->sent.result != NSORPHAN_SIGNAL_RESULT_IGNORED)
			*sent = signal->sent;
	}
	for (i = 0; !sent->known && life && i < life->nr_signals; i++)
		if (life->signals[i].signal == SIGKILL &&
		    life->signals[i].result != NSORPHAN_SIGNAL_RESULT_IGNORED)
			*sent = kept_signal(&life->signals[i]);
}

/* Whether signals to a process of @pidns, or one that is @contained, are recorded. */
static bool are_recorded(const struct history *history, uint32_t pidns,
			 bool contained)
{
	switch (history->recorded) {
	case NSORPHAN_SIGNALS_OFF:
		return false;
	case NSORPHAN_SIGNALS_ALL:
		return true;
	case NSORPHAN_SIGNALS_CONTAINED:
		return contained || pidns != PROCFS_PIDNS_INITIAL;
	default:
		return pidns != PROCFS_PIDNS_INITIAL;
	}
}

enum signal_coverage last_signal_coverage(const struct history *history,
					  uint32_t pidns, bool contained,
					  uint64_t seq)
{
	if (history->absent)
		return COVERAGE_NONE;
	if (!are_recorded(history, pidns, contained))
		return COVERAGE_OFF;
	if (history->missed || !seq || history->whole_from > seq)
		return COVERAGE_SOME;
	return COVERAGE_ALL;
}

enum signal_coverage last_signal_coverage_of(const struct history *history,
					     const struct process *process,
					     bool contained)
{
	bool whole = history->whole_from <= 1 ||
		     history->whole_from_ns <= process->start_ns;
	enum signal_coverage coverage;

	coverage = last_signal_coverage(history, process->pidns, contained,
					whole ? UINT64_MAX : 0);
	return coverage == COVERAGE_ALL &&
	       history->loaded_ns > process->start_ns ? COVERAGE_LATE : coverage;
}
