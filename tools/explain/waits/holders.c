// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>

#include "explain/waits/holders.h"
#include "lib/array.h"
#include "lib/process-name.h"

int holders_add(struct holders *holders, const struct task *task,
		bool other_end, bool same_end)
{
	struct holder *holder;

	holder = holders->count ? &holders->list[holders->count - 1] : NULL;
	if (!holder || holder->task != task) {
		holder = array_add(&holders->list, &holders->count,
				   sizeof(*holder));
		if (!holder)
			return -ENOMEM;
		holder->task = task;
	}
	holder->other_end |= other_end;
	holder->same_end |= same_end;
	return 0;
}

void holders_free(struct holders *holders)
{
	free(holders->list);
	*holders = (struct holders){ 0 };
}

/* The rank of one that has the other end only. */
#define RANK_SURE	3

/* How surely @holder can end the wait of @waiter; 0: it cannot. */
static int rank(const struct holder *holder, const struct task *waiter)
{
	if (!holder->other_end)
		return 0;
	if (holder->task == waiter)
		return 1;
	return holder->same_end ? 2 : RANK_SURE;
}

static bool has_other_end(const struct holders *holders,
			  const struct task *task)
{
	size_t i;

	for (i = 0; i < holders->count; i++)
		if (holders->list[i].task == task &&
		    holders->list[i].other_end)
			return true;
	return false;
}

void holders_choose(struct holders *holders, const struct task *waiter,
		    bool reads)
{
	int most = reads && has_other_end(holders, waiter) ? RANK_SURE : 1;
	size_t i, count = 0;
	int now;

	for (i = 0; i < holders->count; i++) {
		now = rank(&holders->list[i], waiter);
		if (now < most)
			continue;
		if (now > most)
			count = 0;
		most = now;
		holders->list[count++] = holders->list[i];
	}
	holders->count = count;
}

int holders_add_edges(const struct holders *holders, struct wait_edges *edges,
		      enum wait_kind kind, const char *what,
		      const char *action, const char *has)
{
	char name[PROCESS_NAME_SIZE];
	const struct task *task;
	struct wait_edge *edge;
	size_t i;

	for (i = 0; i < holders->count; i++) {
		task = holders->list[i].task;
		edge = waits_add(edges, kind, task, "%s, which %s %s", action,
				 process_name(&task->process, name), has);
		if (!edge || waits_set(&edge->what, "%s", what))
			return -ENOMEM;
	}
	edges->candidates = holders->count > 1;
	return 0;
}
