// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explain/gather.h"
#include "explain/last-signal.h"
#include "explain/main-process.h"
#include "explain/target.h"
#include "genl/life.h"
#include "lib/array.h"
#include "lib/clock.h"
#include "proc/cgroup.h"
#include "proc/names-cache.h"
#include "proc/procfs.h"
#include "proc/snapshot.h"
#include "proc/task.h"

/*
 * The signal that init forwards may be recorded before the one that init was
 * sent. So a child's signal counts from this long before init's.
 */
#define FORWARDED_EARLIER_NS	NS_PER_SEC

/* Maximum number of processes in a teardown whose waits are followed. */
#define FOLLOWED_MAX	64

/* Whether @process was a zombie at the earlier look, if there was one. */
static bool zombies_seen(const struct zombies *zombies,
			 const struct process *process)
{
	size_t i;

	for (i = 0; zombies && i < zombies->count; i++)
		if (process_same(&zombies->list[i], process))
			return true;
	return !zombies;
}

/* Of whom the facts are gathered, and from what. */
struct gathering {
	struct wait_context context;
	const struct sources *from;
	struct facts	*facts;
};

static struct view *add_view(struct facts *facts)
{
	return &facts->others[facts->count++];
}

static bool is_child(const struct task *task, const struct facts *facts)
{
	return task->ppid == facts->init.process.pid && !task->kernel;
}

/* When main was asked to end; 0: it was not. */
static uint64_t asked_ns(const struct facts *facts)
{
	if (facts->init.sent.asks)
		return facts->init.sent.boot_ns;
	return facts->kill.known ? facts->kill.boot_ns : 0;
}

/* Reads how many processes the cgroup of @main may have, and has. */
static void count_pids(const struct process *main, struct zombies *zombies)
{
	int dir = procfs_open(main->pid, process_start_ticks(main));

	if (dir < 0)
		return;
	cgroup_pids(dir, &zombies->pids, &zombies->pids_max);
	close(dir);
}

static void find_oldest(const struct history *history, struct zombies *zombies)
{
	const struct process *oldest = zombies->list;
	const struct orphan *orphan;
	size_t i;

	for (i = 1; i < zombies->count; i++)
		if (zombies->list[i].start_ns < oldest->start_ns)
			oldest = &zombies->list[i];
	zombies->oldest = *oldest;
	orphan = history_orphan(history, oldest);
	if (orphan)
		zombies->lost = orphan->lost;
}

/* Counts the children, those that have ended, too. */
static int count_children(struct gathering *gathering)
{
	const struct snapshot *snapshot = gathering->from->snapshot;
	const struct task *task = snapshot->list;
	const struct task *end = task + snapshot->count;
	struct facts *facts = gathering->facts;
	struct process *zombie;

	for (; task < end; task++) {
		if (!is_child(task, facts))
			continue;
		if (!task_is_zombie(task)) {
			facts->nr_children++;
			facts->nr_elders += task->process.start_ns <=
					    asked_ns(facts);
			continue;
		}
		if (!zombies_seen(gathering->from->zombies, &task->process))
			continue;
		zombie = array_add(&facts->zombies.list, &facts->zombies.count,
				   sizeof(*zombie));
		if (!zombie)
			return -ENOMEM;
		*zombie = task->process;
	}
	if (facts->zombies.count) {
		find_oldest(gathering->from->history, &facts->zombies);
		count_pids(&facts->init.process, &facts->zombies);
	}
	return 0;
}

/*
 * Whether init may wait for something that is of use to know: it is asked to end,
 * or is in no plain sleep.
 */
static bool may_wait(const struct facts *facts)
{
	const struct view *init = &facts->init;
	const char *wchan = init->blocked_in.wchan;

	return init->sent.known || init->pending || init->killed ||
	       init->frozen || init->exiting || init->dumping ||
	       (init->letter != 'S' && init->letter != 'R') ||
	       !strncmp(init->process.comm, "runc:[", strlen("runc:[")) ||
	       !strcmp(wchan, "wait_for_partner") || !strcmp(wchan, "fifo_open");
}

/* Finds for whom @view of @task waits. */
static int follow(struct gathering *gathering, const struct task *task,
		  struct view *view, bool only_hard)
{
	struct wait_start start = {
		.task = snapshot_find(gathering->context.snapshot,
				      task->process.pid),
		.killed = view->killed || view->exiting ||
			  gathering->facts->condition == NS_TEARDOWN,
		.only_hard = only_hard,
		.asked_ns = asked_ns(gathering->facts),
	};

	return wait_graph_follow(&gathering->context, &start, &view->chains);
}

/* Adds a view of the process that init waits for in @chain, empty for a thing. */
static int gather_waited(struct gathering *gathering, const struct chain *chain)
{
	const struct process *process = &chain->links[1].process;
	const struct history *history = gathering->from->history;
	struct facts *facts = gathering->facts;
	struct view *view = add_view(facts);
	uint64_t sent_ns = asked_ns(facts);
	uint64_t since_ns = sent_ns > FORWARDED_EARLIER_NS ?
				    sent_ns - FORWARDED_EARLIER_NS : 0;
	const struct task *task;
	int error;

	task = process->has ? snapshot_find(gathering->context.snapshot,
					    process->pid) : NULL;
	if (!task)
		return 0;
	error = view_fill(&gathering->context, task, facts->pidns, view);
	if (error)
		return error;
	last_signal_find(history, &task->process, since_ns, &view->sent);
	view->sent.record = last_signal_coverage(history, facts->pidns,
						 facts->container.id[0],
						 facts->init.sent.seq);
	return 0;
}

/* Gathers for whom init waits, and what it does not wait for. */
static int gather_waits(struct gathering *gathering, const struct task *init)
{
	struct facts *facts = gathering->facts;
	bool asked = facts->init.sent.asks || facts->kill.known;
	int error;
	size_t i;

	error = count_children(gathering);
	if (error || !may_wait(facts))
		return error;
	error = follow(gathering, init, &facts->init, !asked);
	if (error)
		return error;
	facts->others = calloc(facts->init.chains.count + 1,
			       sizeof(*facts->others));
	if (!facts->others)
		return -ENOMEM;
	for (i = 0; !error && i < facts->init.chains.count; i++)
		error = gather_waited(gathering, &facts->init.chains.list[i]);
	return error;
}

static bool is_inside(const struct snapshot *snapshot, const struct task *task,
		      uint32_t pidns)
{
	return task->process.pidns &&
	       snapshot_ns_below(snapshot, task->process.pidns, pidns);
}

/* Adds what the module says about the same process, if it does. */
static void view_remaining(const struct teardown *teardown, struct view *view)
{
	const struct remaining *remaining;
	size_t i;

	for (i = 0; teardown && i < teardown->count; i++) {
		remaining = &teardown->remaining[i];
		if (process_same(&remaining->process, &view->process))
			view->remaining = *remaining;
	}
}

static int gather_one(struct gathering *gathering, const struct task *task)
{
	struct view *view = add_view(gathering->facts);
	int error;

	error = view_fill(&gathering->context, task, gathering->facts->pidns,
			  view);
	view_remaining(gathering->from->teardown, view);
	if (error || gathering->facts->count > FOLLOWED_MAX)
		return error;
	return follow(gathering, task, view, true);
}

static int make_views(const struct snapshot *snapshot, struct facts *facts)
{
	facts->others = calloc(snapshot->count + 1, sizeof(*facts->others));
	return facts->others ? 0 : -ENOMEM;
}

/* Adds the processes in the namespace and below it, except its init. */
static int gather_remaining(struct gathering *gathering)
{
	const struct snapshot *snapshot = gathering->from->snapshot;
	const struct task *task = snapshot->list;
	const struct task *end = task + snapshot->count;
	struct facts *facts = gathering->facts;
	int error = make_views(snapshot, facts);

	for (; !error && task < end; task++)
		if (is_inside(snapshot, task, facts->pidns) &&
		    !(facts->has_init &&
		      task->process.pid == facts->init.process.pid))
			error = gather_one(gathering, task);
	return error;
}

/* Adds the processes of the container that live; main is a zombie, or reaped. */
static int gather_left(struct gathering *gathering, const struct target *target)
{
	const struct snapshot *snapshot = gathering->from->snapshot;
	const struct task *task = snapshot->list;
	const struct task *end = task + snapshot->count;
	struct facts *facts = gathering->facts;
	int error = make_views(snapshot, facts);

	for (; !error && task < end; task++) {
		if (!task_in_container(task, target->id, target->user) ||
		    task_is_zombie(task))
			continue;
		error = view_fill(&gathering->context, task, facts->pidns,
				  add_view(facts));
		if (!facts->kill_file)
			facts->kill_file = container_kill_file(&task->process);
	}
	return error;
}

static bool is_of_init(const struct event *event, const struct process *init)
{
	return event->type &&
	       (!init || process_same(&event->process[ROLE_INIT], init));
}

/*
 * Finds the recorded teardown of the namespace. Inode numbers of namespaces are
 * reused: with an @init (else NULL) the teardown has to be of that init.
 */
static void find_teardown(const struct history *history,
			  const struct process *init, struct facts *facts)
{
	const struct past_teardown *teardown;

	teardown = history_teardown(history, facts->pidns);
	if (!teardown)
		return;
	if (is_of_init(&teardown->begin, init))
		facts->begin = &teardown->begin;
	if (is_of_init(&teardown->end, init))
		facts->end = &teardown->end;
}

/* Returns the process that stands in the place of an init, or NULL: reaped. */
static const struct task *find_init(const struct target *target,
				    const struct snapshot *snapshot)
{
	const struct task *task;

	if (target->kind == TARGET_PIDNS)
		return snapshot_init_of(snapshot, target->pidns);
	task = snapshot_find(snapshot, target->pid);
	return task && task->start_ticks == target->start_ticks ? task : NULL;
}

/* Returns a process of the container that tells its names, or NULL. */
static const struct task *find_member(const struct target *target,
				      const struct task *init,
				      const struct snapshot *snapshot)
{
	size_t i;

	/* On cgroup v1 a zombie is in no container. */
	if (target->kind != TARGET_CONTAINER || (init && init->container))
		return init;
	for (i = 0; i < snapshot->count; i++)
		if (task_in_container(&snapshot->list[i], target->id,
				      target->user))
			return &snapshot->list[i];
	return NULL;
}

static void find_container(const struct target *target,
			   const struct task *init,
			   const struct snapshot *snapshot,
			   const struct history *history, struct facts *facts)
{
	const struct task *member = find_member(target, init, snapshot);
	struct container *container = &facts->container;
	const struct past_teardown *teardown;

	if (member && names_of_task(member, container))
		return;
	if (target->kind == TARGET_CONTAINER) {
		names_of_id(target->id, target->user, container);
	} else if (facts->life && life_container(facts->life, container)) {
		names_find(container, 0);
	} else if (facts->begin || facts->end) {
		teardown = history_teardown(history, facts->pidns);
		names_of_id(teardown->container, teardown->container_user,
			    container);
	}
}

/*
 * Finds the recorded teardown, and the life of the ledger, of the namespace
 * whose init is, or was, that of @target.
 */
static void find_past(const struct target *target, const struct task *init,
		      const struct history *history, struct facts *facts)
{
	const struct process *known = init ? &init->process : NULL;

	if (target->kind == TARGET_CONTAINER)
		facts->life = target->life;
	if (!known && facts->life)
		known = &facts->life->main;
	find_teardown(history, known, facts);
	if (target->kind != TARGET_PIDNS || !target->life)
		return;
	if (facts->begin || facts->end)
		known = &(facts->begin ? facts->begin :
					 facts->end)->process[ROLE_INIT];
	if (!known || process_same(known, &target->life->main))
		facts->life = target->life;
}

/*
 * Returns 0 or -EAGAIN. @init is NULL where it is not in the snapshot; one that
 * is a zombie has its teardown behind it.
 */
static int find_condition(const struct task *init,
			  const struct teardown *teardown, struct facts *facts)
{
	if (facts->end || (facts->life && facts->life->teardown_end_ns) ||
	    (init ? task_is_zombie(init) : !facts->begin)) {
		facts->condition = NS_GONE;
		return 0;
	}
	/* The teardown ended between history and snapshot. */
	if (!init)
		return -EAGAIN;
	if (teardown && teardown->before_load)
		facts->late_ns = teardown->waited_ns;
	facts->condition = facts->begin || teardown || blocked_in_teardown(init) ?
				   NS_TEARDOWN : NS_ALIVE;
	return 0;
}

/* The same for a process with which no namespace ends. */
static void find_process_condition(const struct task *init, struct facts *facts)
{
	facts->condition = !init || task_is_zombie(init) ? NS_GONE : NS_ALIVE;
}

static int gather_init(struct gathering *gathering, const struct task *init)
{
	const struct history *history = gathering->from->history;
	const struct snapshot *snapshot = gathering->from->snapshot;
	struct facts *facts = gathering->facts;
	struct view *view = &facts->init;
	const struct task *ns_init;
	int error;

	facts->has_init = true;
	facts->own_ns = init->process.ns_pid == 1;
	error = view_fill(&gathering->context, init, facts->pidns, view);
	last_signal_to_main(history, snapshot, facts->life, &init->process,
			    facts->container.names.stop_signal, &view->sent);
	view->sent.record = last_signal_coverage_of(history, &init->process,
						    facts->container.id[0]);
	if (view->killed || view->exiting)
		last_signal_kill(history, facts->life, &init->process,
				 &facts->kill);
	if (facts->own_ns || init->process.pidns == PROCFS_PIDNS_INITIAL)
		return error;
	ns_init = snapshot_init_of(snapshot, init->process.pidns);
	if (ns_init)
		facts->ns_init = ns_init->process;
	return error;
}

/* Whether a pid namespace ends, or ended, with the process of @target. */
static bool is_namespace(const struct target *target, const struct task *init)
{
	if (target->kind != TARGET_CONTAINER)
		return target->kind == TARGET_PIDNS;
	return init ? task_is_init(init) : target->life && target->life->pidns;
}

/* Gathers who else there is, after init (NULL: reaped) and the condition. */
static int gather_others(struct gathering *gathering,
			 const struct target *target, const struct task *init)
{
	struct facts *facts = gathering->facts;
	int error = 0;

	if (facts->condition == NS_ALIVE)
		return gather_waits(gathering, init);
	if (facts->condition == NS_TEARDOWN)
		return gather_remaining(gathering);
	if (target->kind == TARGET_CONTAINER && !gathering->from->restarted)
		error = gather_left(gathering, target);
	if (facts->count)
		facts->condition = NS_LEFT_BEHIND;
	else if (!error && init)
		/* A zombie, which its parent has not reaped. */
		error = follow(gathering, init, &facts->init, true);
	return error;
}

/* Finds what @target is, and how far it has come. */
static int find_state(struct gathering *gathering, const struct target *target,
		      const struct task *init, bool namespace)
{
	struct facts *facts = gathering->facts;

	if (target->kind == TARGET_PROCESS && !init)
		return -ESRCH;
	if (namespace) {
		find_past(target, init, gathering->from->history, facts);
		return find_condition(init, gathering->from->teardown, facts);
	}
	facts->life = target->life;
	find_process_condition(init, facts);
	return 0;
}

int gather_facts(const struct target *target, const struct sources *sources,
		 struct facts *facts)
{
	const struct snapshot *snapshot = sources->snapshot;
	const struct task *init = find_init(target, snapshot);
	bool namespace = is_namespace(target, init);
	struct gathering gathering = {
		.context = {
			.snapshot = sources->all ? sources->all : snapshot,
			.history = sources->history,
			.kernel_threads = sources->threads,
			.client = sources->client,
		},
		.from = sources,
		.facts = facts,
	};
	int error;

	*facts = (struct facts){
		.pidns = target->pidns,
		.now_ns = clock_boot_ns(),
		.loaded_ns = sources->history->loaded_ns,
		.no_record = sources->history->absent,
		.own_ns = namespace,
		.earlier = target->earlier,
	};
	error = find_state(&gathering, target, init, namespace);
	if (error)
		return error;
	if (init)
		gathering.context.main =
			snapshot_find(gathering.context.snapshot,
				      init->process.pid);
	find_container(target, init, snapshot, sources->history, facts);
	if (init)
		error = gather_init(&gathering, init);
	if (!error)
		error = gather_others(&gathering, target, init);
	wait_context_free(&gathering.context);
	return error;
}

void gather_free(struct facts *facts)
{
	size_t i;

	for (i = 0; i < facts->count; i++)
		view_clear(&facts->others[i]);
	view_clear(&facts->init);
	free(facts->zombies.list);
	facts->zombies = (struct zombies){ .count = 0 };
	free(facts->kill_file);
	facts->kill_file = NULL;
	free(facts->others);
	facts->others = NULL;
	facts->count = 0;
}
