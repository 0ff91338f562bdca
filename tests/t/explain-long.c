// SPDX-License-Identifier: GPL-2.0
/*
 * Prints the explanation of a namespace whose many processes have the longest
 * names that need escaping and wait for what takes the most words.
 *
 * usage: explain-long text|json alive|teardown
 */
#include <stdio.h>
#include <string.h>

#include "explain/explain.h"
#include "explain/verdict-text.h"
#include "lib/array.h"
#include "lib/poll.h"
#include "lib/util.h"
#include "output/output.h"
#include "output/stdout.h"
#include "proc/task.h"

static void fill(char *s, size_t size, char c)
{
	memset(s, c, size - 1);
	s[size - 1] = '\0';
}

static void make(struct view *view, unsigned int pid, unsigned int ns_pid,
		 char letter)
{
	*view = (struct view){
		.process = { .has = 1, .pid = pid, .ns_pid = ns_pid,
			     .state = task_state(letter) },
		.letter = letter,
		.has_signals = true,
	};
	fill(view->process.comm, sizeof(view->process.comm), '\1');
	fill(view->blocked_in.what, sizeof(view->blocked_in.what), 'w');
	snprintf(view->blocked_in.syscall, sizeof(view->blocked_in.syscall),
		 "read");
}

/* Init waits for each of the others, if it lives. */
static void make_chains(struct facts *facts)
{
	struct chain_link *link;
	struct chain *chain;
	size_t i;

	for (i = 0; i < facts->count; i++) {
		chain = array_add(&facts->init.chains.list,
				  &facts->init.chains.count, sizeof(*chain));
		link = array_add(&chain->links, &chain->count, sizeof(*link));
		*link = (struct chain_link){
			.process = facts->init.process, .waits = true,
			.kind = WAIT_CHILD, .detail = strdup("in read"),
		};
		link = array_add(&chain->links, &chain->count, sizeof(*link));
		link->process = facts->others[i].process;
	}
}

int main(int argc, char **argv)
{
	struct explanation explanation = { 0 };
	struct facts *facts = &explanation.facts;
	struct view others[7];
	unsigned int i;
	bool teardown;

	if (argc != 3)
		return EXIT_STATUS_USAGE;
	teardown = !strcmp(argv[2], "teardown");
	stdout_init();
	if (poll_init())
		return EXIT_STATUS_FAILED;
	facts->condition = teardown ? NS_TEARDOWN : NS_ALIVE;
	facts->has_init = true;
	facts->own_ns = true;
	facts->others = others;
	facts->count = ARRAY_SIZE(others);
	make(&facts->init, 100, 1, 'S');
	facts->init.caught = UINT64_MAX;
	facts->init.sent = (struct last_signal){
		.known = true, .signal = 15, .asks = true,
	};
	for (i = 0; i < ARRAY_SIZE(others); i++)
		make(&others[i], 101 + i, 2 + i, teardown ? 'D' : 'S');

	if (!teardown)
		make_chains(facts);
	if (verdict_find(facts, &explanation.verdict))
		return EXIT_STATUS_FAILED;
	if (advice_find(facts, &explanation.verdict, &explanation.advice))
		return EXIT_STATUS_FAILED;
	explanation.text = verdict_text(facts, &explanation.verdict,
					&explanation.advice);
	if (!explanation.text)
		return EXIT_STATUS_FAILED;
	(strcmp(argv[1], "json") ? &output_text : &output_json)->explain(&explanation);
	stdout_commit();
	facts->others = NULL;
	facts->count = 0;
	explain_free(&explanation);
	return stdout_finish(EXIT_STATUS_DONE);
}
