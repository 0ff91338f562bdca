// SPDX-License-Identifier: GPL-2.0
/* A chain of waits in words: see sentences.h. */
#include "explain/sentences.h"
#include "explain/words.h"
#include "lib/strbuf.h"

/* Maximum number of candidates that are named. */
#define NAMED_MAX	5

/* What stands between the one who waits and the one who is waited for. */
static const char *const verbs[WAIT_KINDS] = {
	[WAIT_TRACER]		= "is held by its tracer",
	[WAIT_REAPER]		= "is dead, and waits to be reaped by its parent",
	[WAIT_ENGINE]		= "is dead, and waits to be reaped by its parent",
	[WAIT_THREAD]		= "waits for its thread",
	[WAIT_CORE]		= "is dumping core, and waits for",
	[WAIT_FREEZER]		= "is held by",
	[WAIT_THROTTLE]		= "is throttled by",
	[WAIT_FUSE]		= "waits for the FUSE server",
	[WAIT_FILESYSTEM]	= "waits for",
	[WAIT_START]		= "waits for",
	[WAIT_SECCOMP]		= "waits for its seccomp supervisor",
	[WAIT_LOCK]		= "waits for a lock of",
	[WAIT_CHILD]		= "waits for its child",
	[WAIT_PIPE]		= "waits for",
	[WAIT_FIFO]		= "waits for",
	[WAIT_SOCKET]		= "waits for",
};

static void append_node(struct strbuf *text, const struct chain_link *link,
			enum wait_kind kind)
{
	if (!link->process.has)
		strbuf_addf(text, "%s", link->what);
	else if (kind == WAIT_THREAD)
		strbuf_addf(text, "%u", link->process.tid);
	else
		words_process(text, &link->process);
}

static void append_wait(struct strbuf *text, const struct chain_link *from,
			const struct chain_link *to)
{
	bool server = from->kind == WAIT_FUSE && !to->process.has;

	strbuf_addf(text, " %s ", server ? "waits for" : verbs[from->kind]);
	append_node(text, to, from->kind);
	if (from->between)
		strbuf_addf(text, ", behind %s", from->between);
	strbuf_addf(text, " (%s)", from->detail);
}

static void append_candidates(struct strbuf *text, const struct chain *chain)
{
	size_t i;

	strbuf_addf(text, ". Any of these may end the wait, and they cannot be told apart: ");
	for (i = 0; i < chain->nr_candidates && i < NAMED_MAX; i++) {
		strbuf_addf(text, i ? ", " : "");
		words_process(text, &chain->candidates[i]);
	}
	if (chain->nr_candidates > NAMED_MAX)
		strbuf_addf(text, " and %zu more",
			    chain->nr_candidates - NAMED_MAX);
}

void sentences_chain(struct strbuf *text, const struct chain *chain,
		     bool continued)
{
	const struct chain_link *link = chain->links;
	size_t i;

	if (!continued)
		words_process(text, &link->process);
	for (i = 0; i + 1 < chain->count; i++, link++) {
		if (i)
			strbuf_addf(text, ", which");
		append_wait(text, link, link + 1);
	}
	if (chain->circle)
		strbuf_addf(text, ": a circle, out of which none of them comes by itself");
	else if (chain->mutual)
		strbuf_addf(text, ": they wait for data of each other");
	else if (link->process.has && link->letter == 'T')
		strbuf_addf(text,
			    ", which is stopped, and goes on with kill -CONT %u",
			    link->process.pid);
	if (chain->nr_candidates)
		append_candidates(text, chain);
}
