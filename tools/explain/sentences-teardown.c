// SPDX-License-Identifier: GPL-2.0
/* The sentences about a running teardown: see sentences.h. */
#include "explain/sentences.h"
#include "explain/words.h"
#include "lib/duration.h"
#include "lib/strbuf.h"

/* Maximum number of processes that are described one by one. */
#define LISTED_MAX	5

/* What holds a process whose waits are not known. */
static void describe_cause(struct strbuf *text, const struct finding *finding)
{
	const struct view *remaining = finding->view;

	switch (finding->cause) {
	case VERDICT_RUNNING:
		strbuf_addf(text, remaining->letter == 'Z' ?
			    " is dead, and about to be reaped" :
			    " is still dying");
		break;
	case VERDICT_DISK_SLEEP:
		strbuf_addf(text, " is in disk sleep");
		words_blocked(text, &remaining->blocked_in);
		strbuf_addf(text, ", which SIGKILL does not end");
		break;
	case VERDICT_OUTSIDE_PARENT:
		strbuf_addf(text, " is dead, and its parent ");
		words_process(text, &remaining->parent);
		strbuf_addf(text, " does not reap it");
		break;
	case VERDICT_TRACED:
		strbuf_addf(text, " is held by its tracer ");
		words_process(text, &remaining->tracer);
		break;
	default:
		strbuf_addf(text, " remains: %s",
			    verdict_words(finding->cause));
	}
}

/* What holds the process, and who has to act. */
static void describe_remaining(struct strbuf *text, const struct facts *facts,
			       const struct finding *finding)
{
	struct advice advice;

	strbuf_addf(text, " ");
	words_process(text, &finding->view->process);
	if (finding->chain)
		sentences_chain(text, finding->chain, true);
	else
		describe_cause(text, finding);
	if (finding->cause == VERDICT_OUTSIDE_PARENT)
		strbuf_addf(text, "; that parent is outside of the namespace");
	strbuf_addf(text, ".");
	if (verdict_severity(finding->cause) != SEVERITY_STUCK ||
	    advice_on(facts, finding, &advice))
		return;
	words_advice(text, "To end the wait", &advice);
	advice_free(&advice);
}

void sentences_teardown(struct strbuf *text, const struct facts *facts,
			const struct verdict *verdict)
{
	char duration[DURATION_SIZE];
	const struct finding *finding;
	int stuck, listed = 0;
	size_t i;

	if (facts->begin) {
		words_begin(text, facts);
	} else {
		words_init(text, facts);
		strbuf_addf(text, " is dying");
	}
	if (facts->late_ns)
		strbuf_addf(text,
			    " since before the module was loaded, which was %s ago",
			    duration_text(facts->late_ns, duration));
	strbuf_addf(text,
		    ", and the kernel tears the namespace down: %zu %s left.",
		    facts->count,
		    facts->count == 1 ? "process is" : "processes are");
	/* Those first that end only when somebody acts. */
	for (stuck = 1; stuck >= 0; stuck--) {
		for (i = 0; i < verdict->count && listed < LISTED_MAX; i++) {
			finding = &verdict->findings[i];
			if ((verdict_severity(finding->cause) ==
			     SEVERITY_STUCK) != stuck)
				continue;
			describe_remaining(text, facts, finding);
			listed++;
		}
	}
	if (verdict->count > LISTED_MAX)
		strbuf_addf(text, " And %zu more.",
			    verdict->count - LISTED_MAX);
}

