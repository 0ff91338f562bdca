/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Phrases that the sentences about all verdicts are made of. Each is appended to
 * the text. Names are as they are: any bytes but NUL.
 */
#ifndef NSORPHAN_WORDS_H
#define NSORPHAN_WORDS_H

#include <stdint.h>

#include "explain/advice.h"
#include "explain/gather.h"

struct strbuf;

/* "sleep 301", or "an unknown process". */
void words_process(struct strbuf *text, const struct process *process);

/* "init NAME PID/1", or "NAME PID" for a process of the initial namespace. */
void words_init(struct strbuf *text, const struct facts *facts);

/* "3.0 s ago" */
void words_ago(struct strbuf *text, const struct facts *facts, uint64_t boot_ns);

/* " in wait4 for its child 7 to end (do_wait)", as far as it is known. */
void words_blocked(struct strbuf *text, const struct blocked *blocked_in);

/* "runs", or what it sleeps in. */
void words_occupation(struct strbuf *text, const struct view *view);

/* "SIGTERM from NAME PID 3.0 s ago" */
void words_signal(struct strbuf *text, const struct facts *facts,
		  const struct last_signal *sent);

/* "init NAME PID/1 was killed by SIGKILL 3.0 s ago", of a recorded teardown. */
void words_begin(struct strbuf *text, const struct facts *facts);

/* " ACTION (kill -TERM 12)."; nothing where there is no remedy. */
void words_advice(struct strbuf *text, const char *action,
		  const struct advice *advice);

#endif
