/* SPDX-License-Identifier: GPL-2.0 */
/* The sentences about each verdict, for verdict-text.c alone. */
#ifndef NSORPHAN_SENTENCES_H
#define NSORPHAN_SENTENCES_H

#include "explain/advice.h"
#include "explain/gather.h"
#include "explain/verdict.h"

struct strbuf;

/* sentences-alive.c: main lives. */
void sentences_alive(struct strbuf *text, const struct facts *facts,
		     const struct verdict *verdict,
		     const struct advice *advice);

/* sentences-teardown.c: the kernel ends the namespace. */
void sentences_teardown(struct strbuf *text, const struct facts *facts,
			const struct verdict *verdict);

/* sentences-gone.c: main is dead. */
void sentences_left_behind(struct strbuf *text, const struct facts *facts,
			   const struct advice *advice);
void sentences_not_reaped(struct strbuf *text, const struct facts *facts,
			  const struct verdict *verdict,
			  const struct advice *advice);
void sentences_gone(struct strbuf *text, const struct facts *facts);

/*
 * sentences-chain.c: "app 12/1 waits for its child sleep 13 (in wait4), which waits
 * ...", from the first process of @chain to the one who must act. With
 * @continued, what follows the first name only: " waits for its child ...".
 */
void sentences_chain(struct strbuf *text, const struct chain *chain,
		     bool continued);

#endif
