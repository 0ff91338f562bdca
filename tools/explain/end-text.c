// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include "explain/end-text.h"
#include "explain/origin.h"
#include "explain/stop.h"
#include "lib/duration.h"
#include "lib/signal-name.h"
#include "lib/strbuf.h"
#include "nsorphan.h"

/* " 10.0 s after SIGTERM": from the question to @end_ns. */
static void append_after(struct strbuf *text, const struct stop *stop,
			 uint64_t end_ns)
{
	char duration[DURATION_SIZE], signal[SIGNAL_NAME_SIZE];
	uint64_t ns = end_ns > stop->asked_ns ? end_ns - stop->asked_ns : 0;

	strbuf_addf(text, " %s after %s", duration_text(ns, duration),
		    signal_name(stop->asked->signal, signal));
}

/* Why main did not end by the signal that it was asked with. */
static void append_dropped(struct strbuf *text, const struct life *life,
			   const struct outside_signal *asked)
{
	if (asked->result != NSORPHAN_SIGNAL_RESULT_IGNORED)
		return;
	if (life->pidns)
		strbuf_addf(text, ", for which its init %s had no handler",
			    life->main.comm);
	else
		strbuf_addf(text, ", which its main process %s ignored",
			    life->main.comm);
}

/* On whose behalf @sent was sent, and where to read who gave the order. */
static void append_behalf(struct strbuf *text,
			  const struct outside_signal *sent)
{
	struct strbuf log = { .string = NULL };
	char *where;

	if (!origin_append_log(&log, sent))
		return;
	where = strbuf_detach(&log);
	strbuf_addf(text, "%s; see %s", origin_is_engine(sent) ?
		    ": the engine, on someone's order" : "", where ? where : "");
	free(where);
}

static void append_killed(struct strbuf *text, const struct life *life,
			  const struct stop *stop)
{
	const struct outside_signal *kill = stop->kill;

	if (!kill) {
		strbuf_addf(text,
			    " was killed by SIGKILL; who sent it is not known");
		return;
	}
	if (stop->outcome == STOP_OOM_KILLED)
		strbuf_addf(text, " was killed by ");
	else
		strbuf_addf(text, " was killed by SIGKILL from ");
	origin_append(text, kill);
	if (stop->asked && stop->asked != kill) {
		append_after(text, stop, kill->first_ns);
		append_dropped(text, life, stop->asked);
	}
	append_behalf(text, kill);
}

/* ", with exit code 0", ", which ended it" or ", by SIGABRT". */
static void append_status(struct strbuf *text, const struct life *life,
			  const struct outside_signal *asked)
{
	const struct process *main = &life->main;
	char signal[SIGNAL_NAME_SIZE];

	if (process_has(main, NSORPHAN_A_PROCESS_EXIT_CODE))
		strbuf_addf(text, ", with exit code %u", main->exit_code);
	else if (main->exit_signal == asked->signal)
		strbuf_addf(text, ", which ended it");
	else if (main->exit_signal)
		strbuf_addf(text, ", by %s",
			    signal_name(main->exit_signal, signal));
}

static void append_stopped(struct strbuf *text, const struct life *life,
			   const struct stop *stop)
{
	strbuf_addf(text, " stopped");
	append_after(text, stop, life->end_ns);
	strbuf_addf(text, " from ");
	origin_append(text, stop->asked);
	append_status(text, life, stop->asked);
	append_behalf(text, stop->asked);
}

/* Returns the last one of that @signal, or NULL. */
static const struct outside_signal *find_signal(const struct life *life,
						uint32_t signal)
{
	size_t i;

	for (i = life->nr_signals; i > 0; i--)
		if (life->signals[i - 1].signal == signal)
			return &life->signals[i - 1];
	return NULL;
}

static void append_crashed(struct strbuf *text, const struct life *life)
{
	const struct outside_signal *sent;
	char signal[SIGNAL_NAME_SIZE];

	strbuf_addf(text, " crashed by %s",
		    signal_name(life->main.exit_signal, signal));
	sent = find_signal(life, life->main.exit_signal);
	if (!sent || !sent->sender.has)
		return;
	strbuf_addf(text, " from ");
	origin_append(text, sent);
	append_behalf(text, sent);
}

static void append_exited(struct strbuf *text, const struct life *life)
{
	strbuf_addf(text, " ended by itself");
	if (process_has(&life->main, NSORPHAN_A_PROCESS_EXIT_CODE))
		strbuf_addf(text, " with exit code %u", life->main.exit_code);
}

void end_text_append(struct strbuf *text, const struct life *life,
		     uint32_t stop_signal)
{
	struct stop stop;

	stop_of_main(life, stop_signal, &stop);
	switch (stop.outcome) {
	case STOP_KILLED:
	case STOP_OOM_KILLED:
		append_killed(text, life, &stop);
		break;
	case STOP_STOPPED:
		append_stopped(text, life, &stop);
		break;
	case STOP_CRASHED:
		append_crashed(text, life);
		break;
	default:
		append_exited(text, life);
	}
}
