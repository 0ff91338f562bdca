// SPDX-License-Identifier: GPL-2.0
#include "explain/sentences.h"
#include "explain/verdict-text.h"
#include "lib/strbuf.h"

/* What init waits for, or what became of it. */
static void describe(struct strbuf *text, const struct facts *facts,
		     const struct verdict *verdict, const struct advice *advice)
{
	switch (facts->condition) {
	case NS_ALIVE:
		return sentences_alive(text, facts, verdict, advice);
	case NS_TEARDOWN:
		return sentences_teardown(text, facts, verdict);
	case NS_LEFT_BEHIND:
		return sentences_left_behind(text, facts, advice);
	case NS_GONE:
		if (verdict->kind == VERDICT_INIT_NOT_REAPED)
			return sentences_not_reaped(text, facts, verdict, advice);
		return sentences_gone(text, facts);
	}
}

char *verdict_text(const struct facts *facts, const struct verdict *verdict,
		   const struct advice *advice)
{
	struct strbuf text = { .string = NULL };

	describe(&text, facts, verdict, advice);
	if (facts->earlier)
		strbuf_addf(&text, " %zu earlier: see nsorphan stops.",
			    facts->earlier);
	return strbuf_detach(&text);
}
