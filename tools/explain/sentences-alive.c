// SPDX-License-Identifier: GPL-2.0
/* The sentences about a main process that lives: see sentences.h. */
#include <signal.h>
#include <string.h>

#include "explain/sentences.h"
#include "explain/words.h"
#include "lib/duration.h"
#include "lib/signal-name.h"
#include "lib/strbuf.h"
#include "proc/task.h"

/* Maximum number of processes that are described one by one. */
#define LISTED_MAX	5

/* " was sent SIGTERM from NAME PID 3.0 s ago", as far as it was asked to end. */
static void append_asked(struct strbuf *text, const struct facts *facts)
{
	if (facts->kill.known) {
		strbuf_addf(text, " was sent ");
		words_signal(text, facts, &facts->kill);
	} else if (facts->init.sent.asks) {
		strbuf_addf(text, " was sent ");
		words_signal(text, facts, &facts->init.sent);
	} else {
		return;
	}
	strbuf_addf(text, ", but");
}

/* The chain of init, or what is known of its sleep. */
static void append_held(struct strbuf *text, const struct facts *facts)
{
	if (facts->init.chains.count) {
		sentences_chain(text, facts->init.chains.list, true);
	} else {
		strbuf_addf(text, " ");
		words_occupation(text, &facts->init);
	}
	strbuf_addf(text, ".");
}

/* Why the kernel dropped @signal: see sig_task_ignored() in kernel/signal.c. */
static void append_drop_reason(struct strbuf *text, const struct facts *facts,
			       uint32_t signal)
{
	const struct view *init = &facts->init;
	char name[SIGNAL_NAME_SIZE];

	signal_name(signal, name);
	if (init->has_signals && task_mask_has(init->ignored, signal))
		strbuf_addf(text, "the process ignores %s.", name);
	else if (view_handles(init, signal))
		strbuf_addf(text,
			    "it had no handler then. It has one now: send %s again.",
			    name);
	else if (!facts->own_ns)
		strbuf_addf(text, "the process ignored %s at that time.", name);
	else if (signal == SIGKILL)
		strbuf_addf(text,
			    "the init of a namespace cannot be killed from inside.");
	else
		strbuf_addf(text,
			    "it has no handler, and the init of a namespace only gets signals that it handles.");
}

static void describe_ignores(struct strbuf *text, const struct facts *facts,
			     uint32_t signal, const struct advice *advice)
{
	const struct view *init = &facts->init;
	char name[SIGNAL_NAME_SIZE];

	words_init(text, facts);
	strbuf_addf(text, " was sent ");
	words_signal(text, facts, &init->sent);
	strbuf_addf(text, ", and the kernel dropped it: ");
	append_drop_reason(text, facts, signal);
	if (signal_ends(signal) && view_handles(init, signal))
		return;
	if (!signal_ends(signal))
		strbuf_addf(text,
			    " %s ends nobody who does not handle it: as a stop signal it does not fit this program.",
			    signal_name(signal, name));
	words_advice(text, facts->own_ns ? "SIGKILL from outside ends it" :
					   "SIGKILL ends it", advice);
	if (signal != SIGKILL && signal_ends(signal))
		strbuf_addf(text, " %s needs a handler.",
			    signal_name(signal, name));
}

static void describe_blocks(struct strbuf *text, const struct facts *facts,
			    uint32_t signal, const struct advice *advice)
{
	const struct view *init = &facts->init;
	char name[SIGNAL_NAME_SIZE];

	words_init(text, facts);
	strbuf_addf(text, " was sent %s, which is pending: the process blocks it",
		    signal_name(signal, name));
	if (task_mask_has(init->caught, signal))
		strbuf_addf(text, ", or is in its handler");
	strbuf_addf(text, ". It ");
	words_occupation(text, init);
	strbuf_addf(text, ". %s takes effect when it is unblocked.", name);
	words_advice(text, "SIGKILL ends the process now", advice);
}

/* Which signal the child was sent, and what it does with it. */
static void append_child_signal(struct strbuf *text, const struct facts *facts,
				const struct finding *finding)
{
	const struct view *child = finding->view;

	if (finding->flags & 1U << FINDING_SENT_NONE) {
		strbuf_addf(text, " was sent no signal since");
	} else if (finding->flags & 1U << FINDING_BLOCKS) {
		strbuf_addf(text, " was sent a signal that it blocks");
	} else if (!child->sent.known) {
		strbuf_addf(text, child->sent.record >= COVERAGE_OFF ?
			    " may have been sent a signal: they are not recorded" :
			    " was sent no signal that is recorded, but not all are");
	} else {
		strbuf_addf(text, " was sent ");
		words_signal(text, facts, &child->sent);
		if (finding->flags & 1U << FINDING_IGNORES)
			strbuf_addf(text, ", which it ignores");
		else if (finding->flags & 1U << FINDING_HANDLES)
			strbuf_addf(text, ", which it handles without ending");
		else if (!child->has_signals)
			strbuf_addf(text,
				    "; what it does with it could not be read");
		else
			strbuf_addf(text, ", which should end it");
	}
}

/* What a child does that init waits for, besides that chain of waits. */
static void describe_child(struct strbuf *text, const struct facts *facts,
			   const struct finding *finding)
{
	uint32_t signal = facts->init.sent.signal;
	const struct view *child = finding->view;
	char name[SIGNAL_NAME_SIZE];

	strbuf_addf(text, " ");
	words_process(text, &child->process);
	append_child_signal(text, facts, finding);
	if (child->letter == 'T' || child->letter == 't')
		strbuf_addf(text, ", and is stopped");
	else if (child->letter == 'D')
		strbuf_addf(text, ", and is in disk sleep");
	if (finding->flags & 1U << FINDING_SENT_NONE &&
	    task_mask_has(child->caught, signal))
		strbuf_addf(text, "; it would handle %s",
			    signal_name(signal, name));
	else if (child->sent.signal && child->letter == 'T')
		strbuf_addf(text, ": SIGCONT lets it go on");
	strbuf_addf(text, ".");
}

/* "init app 12/1 took SIGTERM from sh 11 3.0 s ago, and" */
static void append_taken(struct strbuf *text, const struct facts *facts)
{
	words_init(text, facts);
	strbuf_addf(text, " took ");
	words_signal(text, facts, &facts->init.sent);
	strbuf_addf(text, verdict_in_handler(facts) ?
		    ", is in its handler still, and" : ", and");
}

static void describe_waits(struct strbuf *text, const struct facts *facts,
			   const struct verdict *verdict,
			   const struct advice *advice)
{
	const struct finding *finding = verdict->findings;
	char name[SIGNAL_NAME_SIZE];
	size_t i;

	if (facts->init.blocked_in.for_vfork) {
		words_init(text, facts);
		strbuf_addf(text, " has %s pending, but still",
			    signal_name(verdict->signal, name));
	} else {
		append_taken(text, facts);
	}
	append_held(text, facts);
	if (verdict->count > 1)
		strbuf_addf(text, " It waits for %zu of them.", verdict->count);
	for (i = 0; i < verdict->count && i < LISTED_MAX; i++, finding++)
		if (verdict->kind == VERDICT_INIT_WAITS_FOR_CHILD &&
		    finding->view != &facts->init)
			describe_child(text, facts, finding);
	if (verdict->count > LISTED_MAX)
		strbuf_addf(text, " And %zu more.",
			    verdict->count - LISTED_MAX);
	words_advice(text, "To end the wait", advice);
}

static void describe_in_handler(struct strbuf *text, const struct facts *facts,
				const struct advice *advice)
{
	words_init(text, facts);
	strbuf_addf(text, " took ");
	words_signal(text, facts, &facts->init.sent);
	strbuf_addf(text, ", and is in its handler still: it ");
	words_occupation(text, &facts->init);
	strbuf_addf(text, ", and waits for nobody that is known.");
	words_advice(text, "SIGKILL ends it", advice);
}

static void describe_handles(struct strbuf *text, const struct facts *facts,
			     const struct advice *advice)
{
	const struct view *init = &facts->init;
	char name[SIGNAL_NAME_SIZE];

	append_taken(text, facts);
	strbuf_addf(text, " goes on: its handler is over, it ");
	words_occupation(text, init);
	strbuf_addf(text, ", and waits for nobody that is known. ");
	if (facts->nr_elders)
		strbuf_addf(text,
			    "%zu of its children are older than the signal: it may wait for one of these. ",
			    facts->nr_elders);
	strbuf_addf(text,
		    "%s alone does not end this program: use its own stop signal, or SIGKILL.",
		    signal_name(init->sent.signal, name));
	words_advice(text, "To end it", advice);
}

static void describe_stopped(struct strbuf *text, const struct facts *facts,
			     const struct advice *advice)
{
	const struct view *init = &facts->init;

	words_init(text, facts);
	append_asked(text, facts);
	if (init->chains.count)
		append_held(text, facts);
	else
		strbuf_addf(text, " is stopped, until it gets SIGCONT.");
	if (init->sent.asks && task_mask_has(init->pending, init->sent.signal))
		strbuf_addf(text, " The signal is pending: it has not been taken.");
	words_advice(text, "To let it go on", advice);
}

static void describe_not_started(struct strbuf *text, const struct facts *facts,
				 const struct advice *advice)
{
	words_init(text, facts);
	strbuf_addf(text, " was created, but not started: it");
	append_held(text, facts);
	words_advice(text, "To start it", advice);
}

static void describe_throttled(struct strbuf *text, const struct facts *facts,
			       const struct advice *advice)
{
	const struct view *init = &facts->init;

	words_init(text, facts);
	append_asked(text, facts);
	append_held(text, facts);
	words_advice(text, "To let it run", advice);
	if (!init->killed && init->letter == 'D')
		strbuf_addf(text, " SIGKILL ends it, too (kill -KILL %u).",
			    init->process.pid);
}

static void describe_disk_sleep(struct strbuf *text, const struct facts *facts,
				const struct advice *advice)
{
	const struct view *init = &facts->init;

	words_init(text, facts);
	append_asked(text, facts);
	strbuf_addf(text, " is in disk sleep:");
	append_held(text, facts);
	if (init->killed)
		strbuf_addf(text,
			    " SIGKILL was delivered, and did not end that sleep.");
	else if (init->killable)
		strbuf_addf(text, " SIGKILL may end that sleep.");
	else if (facts->no_record)
		strbuf_addf(text,
			    " Whether SIGKILL ends that sleep is not known without the module.");
	else
		strbuf_addf(text,
			    " No signal ends that sleep, not even SIGKILL.");
	words_advice(text, "To end the wait", advice);
}

static void describe_exiting(struct strbuf *text, const struct facts *facts,
			     const struct advice *advice)
{
	words_init(text, facts);
	if (facts->kill.known) {
		strbuf_addf(text, " was killed by ");
		words_signal(text, facts, &facts->kill);
		strbuf_addf(text, ", and");
	}
	strbuf_addf(text, facts->init.exiting || facts->init.chains.count ?
			    " is in its exit:" : " is about to end:");
	append_held(text, facts);
	if (facts->own_ns && facts->nr_children)
		strbuf_addf(text,
			    " No other process of its namespace has been killed yet.");
	words_advice(text, "To let it end", advice);
}

/* Whether an earlier one of @zombies is called as number @i. */
static bool is_named_before(const struct zombies *zombies, size_t i)
{
	size_t j;

	for (j = 0; j < i; j++)
		if (!strcmp(zombies->list[j].comm, zombies->list[i].comm))
			return true;
	return false;
}

/* "20 zombies (sleep, sh)" */
static void append_zombies(struct strbuf *text, const struct zombies *zombies)
{
	size_t i, named = 0;

	strbuf_addf(text, "%zu %s (", zombies->count,
		    zombies->count == 1 ? "zombie" : "zombies");
	for (i = 0; i < zombies->count && named <= LISTED_MAX; i++) {
		if (is_named_before(zombies, i))
			continue;
		strbuf_addf(text, "%s%s", named ? ", " : "",
			    named < LISTED_MAX ? zombies->list[i].comm : "...");
		named++;
	}
	strbuf_addf(text, ")");
}

static void describe_zombies(struct strbuf *text, const struct facts *facts)
{
	const struct zombies *zombies = &facts->zombies;

	words_init(text, facts);
	strbuf_addf(text, " does not reap its children: it has ");
	append_zombies(text, zombies);
	strbuf_addf(text, ", the oldest ");
	words_process(text, &zombies->oldest);
	if (zombies->lost.has) {
		strbuf_addf(text, ", adopted from ");
		words_process(text, &zombies->lost);
	}
	strbuf_addf(text, ", started ");
	words_ago(text, facts, zombies->oldest.start_ns);
	strbuf_addf(text, ". It ");
	words_occupation(text, &facts->init);
	strbuf_addf(text, ".");
	if (zombies->pids_max)
		strbuf_addf(text,
			    " They count as processes: of pids.max, %llu of %llu are used.",
			    (unsigned long long)zombies->pids,
			    (unsigned long long)zombies->pids_max);
	strbuf_addf(text,
		    " They go when it waits for them, or ends: run it below an init that reaps (docker run --init, tini).");
}

static void append_no_signal(struct strbuf *text, const struct facts *facts)
{
	static const char *const words[] = {
		[COVERAGE_ALL] = " recorded or pending.",
		[COVERAGE_LATE] = " recorded or pending; ",
		[COVERAGE_SOME] = " recorded or pending; but events were lost.",
		[COVERAGE_OFF] = " pending; others are not recorded (module parameter signals).",
		[COVERAGE_NONE] = " pending; others are not known without the module.",
	};

	enum signal_coverage record = facts->init.sent.record;

	strbuf_addf(text, ". No signal that would end it is%s", words[record]);
	if (record == COVERAGE_LATE) {
		strbuf_addf(text,
			    "what it was sent before the module was loaded, ");
		words_ago(text, facts, facts->loaded_ns);
		strbuf_addf(text, ", is not known.");
	}
}

static void describe_healthy(struct strbuf *text, const struct facts *facts)
{
	const struct view *init = &facts->init;

	strbuf_addf(text, "Nothing holds it: ");
	words_init(text, facts);
	strbuf_addf(text, " ");
	words_occupation(text, init);
	strbuf_addf(text, ", with %zu living %s", facts->nr_children,
		    facts->nr_children == 1 ? "child" : "children");
	if (!init->sent.known) {
		append_no_signal(text, facts);
		return;
	}
	strbuf_addf(text, ". It was sent ");
	words_signal(text, facts, &init->sent);
	if (init->sent.result == NSORPHAN_SIGNAL_RESULT_LOST)
		strbuf_addf(text,
			    ", which was lost, since too many were queued: send it again.");
	else if (init->sent.result == NSORPHAN_SIGNAL_RESULT_IGNORED)
		strbuf_addf(text, ", which was dropped.");
	else if (task_mask_has(init->pending, init->sent.signal))
		strbuf_addf(text, ", which is pending: it has not been taken yet.");
	else if (view_handles(init, init->sent.signal))
		strbuf_addf(text, ", which it handled, and goes on.");
	else
		strbuf_addf(text, ".");
	if (!init->has_signals)
		strbuf_addf(text,
			    " What it does with signals could not be read.");
}

void sentences_alive(struct strbuf *text, const struct facts *facts,
		     const struct verdict *verdict, const struct advice *advice)
{
	switch (verdict->kind) {
	case VERDICT_INIT_NOT_STARTED:
		return describe_not_started(text, facts, advice);
	case VERDICT_INIT_STOPPED:
		return describe_stopped(text, facts, advice);
	case VERDICT_INIT_THROTTLED:
		return describe_throttled(text, facts, advice);
	case VERDICT_INIT_DISK_SLEEP:
		return describe_disk_sleep(text, facts, advice);
	case VERDICT_INIT_IGNORES_SIGNAL:
		return describe_ignores(text, facts, verdict->signal, advice);
	case VERDICT_INIT_BLOCKS_SIGNAL:
		return describe_blocks(text, facts, verdict->signal, advice);
	case VERDICT_INIT_WAITS_FOR_CHILD:
	case VERDICT_INIT_WAITS:
		return describe_waits(text, facts, verdict, advice);
	case VERDICT_INIT_IN_HANDLER:
		return describe_in_handler(text, facts, advice);
	case VERDICT_INIT_HANDLES_SIGNAL:
		return describe_handles(text, facts, advice);
	case VERDICT_INIT_DOES_NOT_REAP:
		return describe_zombies(text, facts);
	case VERDICT_INIT_EXITING:
		return describe_exiting(text, facts, advice);
	default:
		return describe_healthy(text, facts);
	}
}
