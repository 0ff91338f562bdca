// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explain/remedy.h"
#include "explain/wait-graph.h"
#include "lib/array.h"
#include "proc/procfs.h"
#include "proc/snapshot.h"

/* The node that a chain has come to. */
struct node {
	const struct task *task;
	uint32_t	tid;		/* 0: the process */
	bool		killed;
	bool		only_hard;
};

/* A walk along one chain. */
struct walk {
	struct wait_context *context;
	uint64_t	asked_ns;
	struct chain	*chain;
	char		*remedy;	/* of the last wait that has one */
};

void chains_free(struct chains *chains)
{
	struct chain *chain = chains->list;
	size_t i, j;

	for (i = 0; i < chains->count; i++, chain++) {
		for (j = 0; j < chain->count; j++) {
			free(chain->links[j].what);
			free(chain->links[j].detail);
			free(chain->links[j].between);
		}
		free(chain->links);
		free(chain->candidates);
		free(chain->remedy);
	}
	free(chains->list);
	*chains = (struct chains){ .count = 0 };
}

const struct chain_link *chain_actor(const struct chain *chain)
{
	return &chain->links[chain->count - 1];
}

static struct chain_link *add_link(struct chain *chain)
{
	return array_add(&chain->links, &chain->count, sizeof(*chain->links));
}

/* Keeps thread @tid of @threads alone. */
static void keep_thread(struct blocked_threads *threads, uint32_t tid)
{
	size_t i, kept = 0;

	for (i = 0; i < threads->count; i++)
		if (threads->list[i].tid == tid)
			threads->list[kept++] = threads->list[i];
	threads->count = kept;
}

/* Finds the waits of @node, which wait_edges frees. Returns 0 or -ENOMEM. */
static int find_edges(struct wait_context *context, const struct node *node,
		      uint64_t asked_ns, struct wait_edges *edges)
{
	const struct task *task = node->task;
	struct blocked_threads threads;
	struct waiter waiter = {
		.task = task,
		.tid = node->tid,
		.dir = procfs_open(task->process.pid, task->start_ticks),
		.threads = &threads,
		.killed = node->killed,
		.only_hard = node->killed || node->only_hard,
		.asked_ns = asked_ns,
	};
	int error;

	*edges = (struct wait_edges){ .count = 0 };
	error = blocked_read(waiter.dir, task, waits_compat(context, task),
			     &threads);
	if (!error && node->tid)
		keep_thread(&threads, node->tid);
	waiter.thread = blocked_main(&threads, task);
	if (!error)
		error = waits_find(context, &waiter, edges);
	blocked_free(&threads);
	if (waiter.dir >= 0)
		close(waiter.dir);
	return error;
}

static bool is_visited(const struct chain *chain, const struct node *node)
{
	const struct process *process;
	size_t i;

	for (i = 0; i < chain->count; i++) {
		process = &chain->links[i].process;
		if (process->has && process->pid == node->task->process.pid &&
		    process->tid == node->tid)
			return true;
	}
	return false;
}

static int add_process(struct chain *chain, const struct node *node)
{
	struct chain_link *link = add_link(chain);

	if (!link)
		return -ENOMEM;
	link->process = node->task->process;
	link->letter = node->task->letter;
	if (node->tid) {
		link->process.tid = node->tid;
		link->process.has |= 1U << NSORPHAN_A_PROCESS_TID;
	}
	return 0;
}

static int add_thing(struct chain *chain, const char *what)
{
	struct chain_link *link = add_link(chain);

	if (!link)
		return -ENOMEM;
	link->what = strdup(what ? what : "what the kernel waits for");
	return link->what ? 0 : -ENOMEM;
}

static int add_candidates(struct chain *chain, const struct wait_edges *edges)
{
	size_t i;

	chain->candidates = calloc(edges->count, sizeof(*chain->candidates));
	if (!chain->candidates)
		return -ENOMEM;
	for (i = 0; i < edges->count; i++)
		if (edges->list[i].to)
			chain->candidates[chain->nr_candidates++] =
				edges->list[i].to->process;
	return add_thing(chain, edges->list[0].what);
}

/* Notes in the last link how it waits; @one: for the process of @edge. */
static int note_wait(struct chain *chain, const struct wait_edge *edge, bool one)
{
	struct chain_link *link = &chain->links[chain->count - 1];

	link->waits = true;
	link->kind = edge->kind;
	link->detail = strdup(edge->detail);
	if (one && edge->what)
		link->between = strdup(edge->what);
	return link->detail && (link->between || !one || !edge->what) ?
		       0 : -ENOMEM;
}

/* Whether the one waited for is to act, and not to end. */
static bool is_to_act(enum wait_kind kind)
{
	return kind != WAIT_CHILD && kind != WAIT_THREAD;
}

/* Whether SIGKILL ends a wait of this kind. */
static bool is_soft(enum wait_kind kind)
{
	return kind == WAIT_SECCOMP || kind == WAIT_LOCK || kind == WAIT_PIPE ||
	       kind == WAIT_FIFO || kind == WAIT_SOCKET;
}

/* The command that ends the wait for @node, at which the chain ends. */
static int find_remedy(struct walk *walk, const struct node *node,
		       enum wait_kind kind)
{
	char **remedy = &walk->chain->remedy;

	/* The waiter may do without it. */
	if (walk->remedy) {
		*remedy = strdup(walk->remedy);
		return *remedy ? 0 : -ENOMEM;
	}
	if (!node->killed)
		*remedy = remedy_end(node->task, walk->context->history,
				     is_to_act(kind));
	return 0;
}

/* Takes the remedy of @edge, in place of that of a wait before it. */
static int take_remedy(struct walk *walk, const struct wait_edge *edge)
{
	if (!edge->remedy)
		return 0;
	free(walk->remedy);
	walk->remedy = strdup(edge->remedy);
	return walk->remedy ? 0 : -ENOMEM;
}

/*
 * The chain ends at a thing, or at several processes. Where nothing else helps,
 * who waits for it can be ended, but not main, which all this is about.
 */
static int end_at_thing(struct walk *walk)
{
	struct chain *chain = walk->chain;
	const struct chain_link *waiter = &chain->links[chain->count - 2];
	const struct task *task;

	if (walk->remedy) {
		chain->remedy = strdup(walk->remedy);
		return chain->remedy ? 0 : -ENOMEM;
	}
	task = is_soft(waiter->kind) ?
		       snapshot_find(walk->context->snapshot,
				     waiter->process.pid) : NULL;
	if (task && task != walk->context->main)
		chain->remedy = remedy_end(task, walk->context->history, false);
	return 0;
}

/*
 * Goes from the last link along @edge. Sets *@node to what the chain has come to;
 * its task is NULL where it ends there.
 */
static int step(struct walk *walk, const struct wait_edges *edges,
		const struct wait_edge *edge, struct node *node)
{
	bool several = edges->candidates && edges->count > 1;
	struct chain *chain = walk->chain;
	int error;

	error = note_wait(chain, edge, edge->to && !several);
	if (!error)
		error = take_remedy(walk, edge);
	*node = (struct node){ .task = NULL };
	if (error)
		return error;
	if (several) {
		error = add_candidates(chain, edges);
		return error ? error : end_at_thing(walk);
	}
	if (!edge->to) {
		error = add_thing(chain, edge->what);
		return error ? error : end_at_thing(walk);
	}
	node->task = edge->to;
	node->tid = edge->tid;
	node->killed = edge->to->exiting ||
		       waits_killed(walk->context, edge->to);
	node->only_hard = edge->kind == WAIT_REAPER ||
			  edge->kind == WAIT_ENGINE ||
			  edge->kind == WAIT_TRACER;
	chain->circle = is_visited(chain, node);
	error = add_process(chain, node);
	if (chain->circle) {
		node->task = NULL;
		return error ? error : end_at_thing(walk);
	}
	return error;
}

/* Of those waited for, one in disk sleep keeps the others from nothing. */
static const struct wait_edge *choose(const struct wait_edges *edges)
{
	const struct wait_edge *edge = edges->list;
	size_t i;

	for (i = 0; i < edges->count; i++, edge++)
		if (edge->to && edge->to->letter == 'D')
			return edge;
	return edges->list;
}

/*
 * Removes the wait of a peer for the one that it was come from, at the socket that
 * lies between: it is idle until that one sends something.
 */
static void drop_way_back(struct chain *chain, enum wait_kind kind,
			  struct wait_edges *edges)
{
	const struct process *from = &chain->links[chain->count - 2].process;
	const struct wait_edge *edge = edges->list;

	if (kind != WAIT_SOCKET || edges->count != 1 ||
	    edge->kind != WAIT_SOCKET || !edge->to ||
	    edge->to->process.pid != from->pid)
		return;
	chain->mutual = true;
	waits_free(edges);
}

/* Follows @first, one of @edges, until nobody is left to wait for. */
static int follow(struct walk *walk, const struct wait_edges *first_edges,
		  const struct wait_edge *first)
{
	struct wait_edges edges = { .count = 0 };
	enum wait_kind kind = first->kind;
	struct node node;
	int error;

	error = step(walk, first_edges, first, &node);
	while (!error && node.task && walk->chain->count < CHAIN_MAX) {
		error = find_edges(walk->context, &node, walk->asked_ns,
				   &edges);
		drop_way_back(walk->chain, kind, &edges);
		if (!error && !edges.count) {
			error = find_remedy(walk, &node, kind);
			break;
		}
		if (!error) {
			kind = edges.list[0].kind;
			error = step(walk, &edges, choose(&edges), &node);
		}
		waits_free(&edges);
	}
	waits_free(&edges);
	free(walk->remedy);
	walk->remedy = NULL;
	return error;
}

int wait_graph_follow(struct wait_context *context,
		      const struct wait_start *start, struct chains *chains)
{
	struct node node = {
		.task = start->task,
		.killed = start->killed,
		.only_hard = start->only_hard,
	};
	struct walk walk = {
		.context = context,
		.asked_ns = start->asked_ns,
	};
	struct wait_edges edges;
	size_t i, count;
	int error;

	*chains = (struct chains){ .count = 0 };
	error = find_edges(context, &node, start->asked_ns, &edges);
	/* Where it waits for all of them, each is a chain of its own. */
	count = edges.candidates ? edges.count > 0 : edges.count;
	for (i = 0; !error && i < count; i++) {
		walk.chain = array_add(&chains->list, &chains->count,
				       sizeof(*walk.chain));
		error = walk.chain ? add_process(walk.chain, &node) : -ENOMEM;
		if (!error)
			error = follow(&walk, &edges, &edges.list[i]);
	}
	waits_free(&edges);
	return error;
}
