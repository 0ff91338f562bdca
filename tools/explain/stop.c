// SPDX-License-Identifier: GPL-2.0
#include <signal.h>
#include <stddef.h>

#include "explain/asks.h"
#include "explain/stop.h"
#include "lib/clock.h"
#include "lib/process.h"
#include "nsorphan.h"

/*
 * How long a question to end counts. One that main took may be followed by a
 * long way down; of those that it did not take an engine remembers for how long
 * it waits, and others soon lose their patience.
 */
#define TAKEN_NS	(UINT64_C(24) * 3600 * NS_PER_SEC)
#define IMPATIENT_NS	(UINT64_C(600) * NS_PER_SEC)

/* Whether @sent asks main to end. */
static bool asks_to_end(const struct outside_signal *sent, uint32_t stop_signal)
{
	return sent->cause != NSORPHAN_SIGNAL_CAUSE_OOM &&
	       sent->cause != NSORPHAN_SIGNAL_CAUSE_TEARDOWN &&
	       signal_asks(sent->signal, sent->result, stop_signal);
}

/* Whether both were sent by one process, or by two children of one. */
static bool have_one_origin(const struct outside_signal *a,
			    const struct outside_signal *b)
{
	if (!a->sender.has || !b->sender.has)
		return false;
	if (process_same(&a->sender, &b->sender))
		return true;
	return a->sender_parent.has && b->sender_parent.has &&
	       process_same(&a->sender_parent, &b->sender_parent);
}

/*
 * Returns the SIGKILL that ended main, or NULL: the first one that was not
 * dropped, as the kernel takes no signal back.
 */
static const struct outside_signal *find_kill(const struct life *life)
{
	const struct outside_signal *sent = life->signals;
	size_t i;

	if (life->main.exit_signal != SIGKILL)
		return NULL;
	for (i = 0; i < life->nr_signals; i++, sent++)
		if (sent->signal == SIGKILL &&
		    sent->result != NSORPHAN_SIGNAL_RESULT_IGNORED)
			return sent;
	return NULL;
}

/* Whether @asked belongs to the end of main, which @kill (or NULL) brought. */
static bool led_to_end(const struct life *life,
		       const struct outside_signal *asked,
		       const struct outside_signal *kill)
{
	uint64_t end_ns = kill ? kill->first_ns : life->end_ns;
	uint64_t before_ns = end_ns > asked->last_ns ?
				     end_ns - asked->last_ns : 0;
	bool taken = asked->result != NSORPHAN_SIGNAL_RESULT_IGNORED;

	if (life->main.exit_signal == SIGKILL)
		return before_ns <= IMPATIENT_NS ||
		       (kill && have_one_origin(asked, kill) &&
			before_ns <= TAKEN_NS);
	return taken && before_ns <= TAKEN_NS;
}

/* Returns the last signal that asked main to end, or NULL. */
static const struct outside_signal *find_asked(const struct life *life,
					       uint32_t stop_signal,
					       const struct outside_signal *kill)
{
	const struct outside_signal *sent;
	size_t i;

	for (i = life->nr_signals; i > 0; i--) {
		sent = &life->signals[i - 1];
		if (!asks_to_end(sent, stop_signal))
			continue;
		if (!life->end_ns)
			return sent;
		/* What came before SIGKILL says more than SIGKILL itself. */
		if ((!kill || sent < kill) && led_to_end(life, sent, kill))
			return sent;
	}
	return kill && asks_to_end(kill, stop_signal) ? kill : NULL;
}

/*
 * When it was asked. Of many signals of one sender the last one counts where the
 * first one is too long ago.
 */
static uint64_t asked_at(const struct outside_signal *asked)
{
	return asked->last_ns - asked->first_ns > TAKEN_NS ? asked->last_ns :
							     asked->first_ns;
}

static enum stop_outcome find_outcome(const struct life *life,
				      const struct stop *stop)
{
	if (!life->end_ns)
		return STOP_PENDING;
	if (life->main.exit_signal == SIGKILL)
		return stop->kill &&
		       stop->kill->cause == NSORPHAN_SIGNAL_CAUSE_OOM ?
			       STOP_OOM_KILLED : STOP_KILLED;
	if (stop->asked)
		return STOP_STOPPED;
	return life->main.exit_signal ? STOP_CRASHED : STOP_EXITED;
}

bool stop_of_main(const struct life *life, uint32_t stop_signal,
		  struct stop *stop)
{
	const struct outside_signal *kill = find_kill(life);

	*stop = (struct stop){
		.kill = kill,
		.asked = find_asked(life, stop_signal, kill),
		.ended_ns = life->end_ns,
	};
	if (!stop->asked && !life->end_ns)
		return false;
	if (stop->asked)
		stop->asked_ns = asked_at(stop->asked);
	stop->outcome = find_outcome(life, stop);
	return true;
}

bool stop_of_life(const struct life *life, uint32_t stop_signal,
		  struct stop *stop)
{
	if (!stop_of_main(life, stop_signal, stop))
		return false;
	if (life->teardown_begin_ns)
		stop->ended_ns = life->teardown_end_ns;
	if (!stop->ended_ns)
		stop->outcome = STOP_PENDING;
	return true;
}

uint64_t stop_duration_ns(const struct stop *stop, uint64_t now_ns)
{
	uint64_t end_ns = stop->ended_ns ? stop->ended_ns : now_ns;

	return stop->asked && end_ns > stop->asked_ns ?
		       end_ns - stop->asked_ns : 0;
}

const struct outside_signal *stop_origin(const struct stop *stop)
{
	return stop->kill ? stop->kill : stop->asked;
}

uint64_t stop_time_ns(const struct container_stop *stop)
{
	if (stop->stop.ended_ns)
		return stop->stop.ended_ns;
	return stop->stop.asked_ns ? stop->stop.asked_ns : stop->life->end_ns;
}

const char *stop_outcome_name(enum stop_outcome outcome)
{
	static const char *const names[STOP_OUTCOMES] = {
		[STOP_EXITED]		= "exited",
		[STOP_STOPPED]		= "stopped",
		[STOP_KILLED]		= "killed",
		[STOP_OOM_KILLED]	= "oom-killed",
		[STOP_CRASHED]		= "crashed",
		[STOP_PENDING]		= "pending",
	};

	return names[outcome];
}
