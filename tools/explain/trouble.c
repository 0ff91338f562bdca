// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>

#include "explain/gather.h"
#include "explain/stop.h"
#include "explain/trouble.h"
#include "genl/life.h"

const char *trouble_words(enum trouble_kind kind)
{
	static const char *const words[] = {
		[TROUBLE_NONE]		= NULL,
		[TROUBLE_ASKED]		= "was asked to end",
		[TROUBLE_DYING]		= "has been dying",
		[TROUBLE_TEARDOWN]	= "has been in teardown",
		[TROUBLE_LEFT_BEHIND]	= "has been left behind",
		[TROUBLE_NOT_REAPED]	= "has not been reaped",
	};

	return words[kind];
}

/* When main ended; 0: unknown. */
static uint64_t ended_ns(const struct facts *facts)
{
	if (facts->life && facts->life->end_ns)
		return facts->life->end_ns;
	return facts->end ? facts->end->boot_ns : 0;
}

/* When main was asked first, of the times that its engine asks again. */
static uint64_t asked_ns(const struct facts *facts)
{
	struct stop stop;

	if (facts->life &&
	    stop_of_main(facts->life, facts->container.names.stop_signal,
			 &stop) && stop.asked_ns)
		return stop.asked_ns;
	return facts->init.sent.boot_ns;
}

static uint64_t teardown_ns(const struct facts *facts)
{
	if (facts->begin)
		return facts->begin->boot_ns;
	if (facts->late_ns)
		return facts->now_ns - facts->late_ns;
	return facts->life ? facts->life->teardown_begin_ns : 0;
}

static uint64_t dying_ns(const struct facts *facts)
{
	if (facts->kill.known)
		return facts->kill.boot_ns;
	return facts->init.sent.asks ? asked_ns(facts) : ended_ns(facts);
}

static struct trouble of_living(const struct facts *facts)
{
	const struct view *init = &facts->init;

	if (init->killed || init->exiting)
		return (struct trouble){ TROUBLE_DYING, dying_ns(facts) };
	if (init->sent.asks)
		return (struct trouble){ TROUBLE_ASKED, asked_ns(facts) };
	return (struct trouble){ .kind = TROUBLE_NONE };
}

static struct trouble find(const struct facts *facts)
{
	switch (facts->condition) {
	case NS_ALIVE:
		return of_living(facts);
	case NS_TEARDOWN:
		return (struct trouble){ TROUBLE_TEARDOWN, teardown_ns(facts) };
	case NS_LEFT_BEHIND:
		return (struct trouble){ TROUBLE_LEFT_BEHIND, ended_ns(facts) };
	case NS_GONE:
		if (facts->has_init)
			return (struct trouble){ TROUBLE_NOT_REAPED,
						 ended_ns(facts) };
	}
	return (struct trouble){ .kind = TROUBLE_NONE };
}

struct trouble trouble_of(const struct facts *facts)
{
	struct trouble trouble = find(facts);

	if (trouble.kind != TROUBLE_NONE && !trouble.since_ns)
		trouble.since_ns = facts->loaded_ns;
	return trouble;
}
