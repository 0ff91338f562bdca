// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/advice.h"
#include "lib/shell-word.h"
#include "lib/signal-name.h"
#include "lib/strbuf.h"
#include "proc/task.h"

__printf(2, 3)
static int set_remedy(struct advice *advice, const char *format, ...)
{
	va_list args;
	int n;

	free(advice->remedy);
	va_start(args, format);
	n = vasprintf(&advice->remedy, format, args);
	va_end(args);
	if (n >= 0)
		return 0;
	advice->remedy = NULL;
	return -ENOMEM;
}

/* Takes @process as the actor, if it is known. */
static void set_actor(const struct process *process, struct advice *advice)
{
	if (process->has)
		advice->process = process;
}

/* Whether SIGKILL to main ends the whole @chain: nothing in it outlives that. */
static bool ends_with_main(const struct chain *chain)
{
	const struct chain_link *link = chain->links;
	const struct chain_link *end = link + chain->count;

	for (; link < end; link++) {
		if (link->letter == 'D')
			return false;
		if (!link->waits)
			continue;
		switch (link->kind) {
		case WAIT_START:
		case WAIT_SECCOMP:
		case WAIT_LOCK:
		case WAIT_CHILD:
		case WAIT_PIPE:
		case WAIT_FIFO:
		case WAIT_SOCKET:
			break;
		default:
			return false;
		}
	}
	return true;
}

static int kill_main(const struct facts *facts, struct advice *advice)
{
	/* The init of the host is nobody's main. */
	if (facts->init.process.pid == 1)
		return 0;
	return set_remedy(advice, "kill -KILL %u", facts->init.process.pid);
}

/* Who stands at the end of @chain, and what helps there. */
static int advise_on_chain(const struct facts *facts,
			   const struct finding *finding, struct advice *advice)
{
	const struct chain *chain = finding->chain;
	const struct chain_link *actor = chain_actor(chain);

	if (actor->process.has)
		advice->process = &actor->process;
	else
		advice->what = actor->what;
	advice->candidates = chain->candidates;
	advice->nr_candidates = chain->nr_candidates;
	if (chain->remedy)
		return set_remedy(advice, "%s", chain->remedy);
	if (facts->condition != NS_ALIVE || facts->init.killed ||
	    facts->init.exiting)
		return 0;
	if (finding->cause == VERDICT_INIT_DISK_SLEEP ?
	    facts->init.killable : ends_with_main(chain))
		return kill_main(facts, advice);
	return 0;
}

/*
 * Init goes on after the signal. SIGINT, where it handles that, too, may be the
 * sharper way of its own to end, as it is of a server that waits for its clients.
 */
static int advise_on_handling(const struct facts *facts, struct advice *advice)
{
	const struct view *init = &facts->init;

	if (facts->nr_elders && init->sent.signal == SIGTERM &&
	    task_mask_has(init->caught, SIGINT))
		return set_remedy(advice, "kill -INT %u", init->process.pid);
	return kill_main(facts, advice);
}

static int advise_on_dropped(const struct facts *facts, struct advice *advice)
{
	const struct view *init = &facts->init;
	char name[SIGNAL_NAME_SIZE];

	/* It had no handler then, and has one now. */
	if (init->sent.signal != SIGKILL &&
	    signal_ends(init->sent.signal) &&
	    view_handles(init, init->sent.signal))
		return set_remedy(advice, "kill -%s %u",
				  signal_name(init->sent.signal, name) +
					  strlen("SIG"), init->process.pid);
	return kill_main(facts, advice);
}

/* Init itself has to act, or to be ended. */
static int advise_on_init(const struct facts *facts,
			  const struct finding *finding, struct advice *advice)
{
	uint32_t pid = facts->init.process.pid;

	set_actor(&finding->view->process, advice);
	switch (finding->cause) {
	case VERDICT_INIT_STOPPED:
		return set_remedy(advice, "kill -CONT %u", pid);
	case VERDICT_INIT_IGNORES_SIGNAL:
		return advise_on_dropped(facts, advice);
	case VERDICT_INIT_HANDLES_SIGNAL:
		return advise_on_handling(facts, advice);
	case VERDICT_INIT_BLOCKS_SIGNAL:
	case VERDICT_INIT_IN_HANDLER:
	case VERDICT_INIT_WAITS:
	case VERDICT_INIT_WAITS_FOR_CHILD:
		return kill_main(facts, advice);
	case VERDICT_INIT_DISK_SLEEP:
		return facts->init.killable ? kill_main(facts, advice) : 0;
	default:
		return 0;
	}
}

/* All that are left have to be ended. */
static int advise_on_left(const struct facts *facts, struct advice *advice)
{
	struct strbuf command = { .string = NULL };
	size_t i;

	if (facts->kill_file) {
		char *file = shell_word(facts->kill_file);
		int error = file ? set_remedy(advice, "echo 1 >%s", file) :
				   -ENOMEM;

		free(file);
		return error;
	}
	strbuf_addf(&command, "kill -KILL");
	for (i = 0; i < facts->count; i++)
		strbuf_addf(&command, " %u", facts->others[i].process.pid);
	advice->remedy = strbuf_detach(&command);
	return advice->remedy ? 0 : -ENOMEM;
}

int advice_on(const struct facts *facts, const struct finding *finding,
	      struct advice *advice)
{
	*advice = (struct advice){ .process = NULL };
	if (finding->cause == VERDICT_LEFT_BEHIND) {
		set_actor(&finding->view->process, advice);
		return advise_on_left(facts, advice);
	}
	if (finding->chain)
		return advise_on_chain(facts, finding, advice);
	return advise_on_init(facts, finding, advice);
}

int advice_find(const struct facts *facts, const struct verdict *verdict,
		struct advice *advice)
{
	size_t i;

	*advice = (struct advice){ .process = NULL };
	/* In a teardown, that of the first one that gave the verdict. */
	for (i = 0; i < verdict->count; i++)
		if (verdict->findings[i].cause == verdict->kind)
			return advice_on(facts, &verdict->findings[i], advice);
	return 0;
}

void advice_free(struct advice *advice)
{
	free(advice->remedy);
	*advice = (struct advice){ .process = NULL };
}
