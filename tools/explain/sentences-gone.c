// SPDX-License-Identifier: GPL-2.0
/* The sentences about what has ended: see sentences.h. */
#include "explain/end-text.h"
#include "explain/sentences.h"
#include "explain/words.h"
#include "genl/life.h"
#include "lib/duration.h"
#include "lib/strbuf.h"

/* Maximum number of processes that are described one by one. */
#define LISTED_MAX	5

/* "web (c06f0fcb1613)", "c06f0fcb1613", or "The container". */
static void append_container(struct strbuf *text,
			     const struct container *container)
{
	bool named = names_known(&container->names);
	char label[CONTAINER_LABEL_SIZE];

	if (!container->id[0])
		strbuf_addf(text, "The container");
	else if (!container_is_id(container->id))
		strbuf_addf(text, "%s", container_label(container, label));
	else if (named)
		strbuf_addf(text, "%s (%.12s)",
			    container_label(container, label), container->id);
	else
		strbuf_addf(text, "%.12s", container->id);
}

/* When main ended, and what the ledger counted. */
static void append_counts(struct strbuf *text, const struct facts *facts)
{
	const struct life *life = facts->life;

	if (life_is_late(life))
		strbuf_addf(text,
			    "; that was before the module was loaded. Its teardown was over ");
	else
		strbuf_addf(text, ". That was ");
	words_ago(text, facts, life->end_ns);
	if (life->pidns && life->teardown_end_ns && !life_is_late(life))
		strbuf_addf(text, "; the teardown killed %u %s", life->killed,
			    life->killed == 1 ? "process" : "processes");
	if (life->adoptions)
		strbuf_addf(text, "; it had %u %s", life->adoptions,
			    life->adoptions == 1 ? "orphan" : "orphans");
	strbuf_addf(text, ".");
}

/* How the container ended that the ledger has. */
static void describe_ended(struct strbuf *text, const struct facts *facts)
{
	append_container(text, &facts->container);
	end_text_append(text, facts->life, facts->container.names.stop_signal);
	append_counts(text, facts);
}

void sentences_gone(struct strbuf *text, const struct facts *facts)
{
	char duration[DURATION_SIZE];

	if (facts->life && facts->life->end_ns) {
		describe_ended(text, facts);
		return;
	}
	strbuf_addf(text, facts->own_ns ? "The namespace is gone" :
					  "It is gone");
	if (!facts->begin && !facts->end) {
		strbuf_addf(text, "; how it ended is not recorded.");
		return;
	}
	if (facts->begin) {
		strbuf_addf(text, ": ");
		words_begin(text, facts);
	}
	if (facts->end && event_has(facts->end, NSORPHAN_A_EVENT_BEFORE_LOAD)) {
		strbuf_addf(text,
			    "; its teardown began before the module was loaded, and was over ");
		words_ago(text, facts, facts->end->boot_ns);
	} else if (facts->end) {
		strbuf_addf(text, "; it was empty %s later, after %u %s killed",
			    duration_text(facts->end->duration_ns, duration),
			    facts->end->killed, facts->end->killed == 1 ?
			    "process was" : "processes were");
	}
	strbuf_addf(text, ".");
}

/* "sleep 301, which systemd 1 adopted from sh 300" */
static void append_left(struct strbuf *text, const struct view *left)
{
	words_process(text, &left->process);
	if (!left->parent.has)
		return;
	if (left->lost.has) {
		strbuf_addf(text, ", which ");
		words_process(text, &left->parent);
		strbuf_addf(text, " adopted from ");
		words_process(text, &left->lost);
	} else {
		strbuf_addf(text, ", a child of ");
		words_process(text, &left->parent);
	}
}

void sentences_left_behind(struct strbuf *text, const struct facts *facts,
			   const struct advice *advice)
{
	size_t i;

	append_container(text, &facts->container);
	strbuf_addf(text, " has ended, but not all of its processes: ");
	if (facts->life && facts->life->end_ns) {
		strbuf_addf(text, "main ");
		words_process(text, &facts->life->main);
		end_text_append(text, facts->life,
				facts->container.names.stop_signal);
		append_counts(text, facts);
	} else {
		strbuf_addf(text,
			    "its main process is dead; how it ended is not recorded.");
	}
	if (!facts->own_ns)
		strbuf_addf(text,
			    " It has no pid namespace of its own, with which all would have ended.");
	strbuf_addf(text, " %zu %s left%s: ", facts->count,
		    facts->count == 1 ? "process is" : "processes are",
		    facts->own_ns ? " outside of its pid namespace" : "");
	for (i = 0; i < facts->count && i < LISTED_MAX; i++) {
		strbuf_addf(text, i ? "; " : "");
		append_left(text, &facts->others[i]);
	}
	if (facts->count > LISTED_MAX)
		strbuf_addf(text, "; and %zu more", facts->count - LISTED_MAX);
	strbuf_addf(text, ".");
	words_advice(text, "End them", advice);
}

void sentences_not_reaped(struct strbuf *text, const struct facts *facts,
			  const struct verdict *verdict,
			  const struct advice *advice)
{
	sentences_gone(text, facts);
	strbuf_addf(text, " Its %s is dead, but still there: ",
		    facts->own_ns ? "init" : "main process");
	if (facts->init.chains.count) {
		sentences_chain(text, verdict->findings[0].chain, false);
		strbuf_addf(text, ".");
	} else {
		words_process(text, &facts->init.process);
		strbuf_addf(text, " is a zombie.");
	}
	words_advice(text, "To let it be reaped", advice);
}
