// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain/explain.h"
#include "explain/gather.h"
#include "explain/members.h"
#include "explain/overview.h"
#include "explain/survey.h"
#include "explain/verdict.h"
#include "genl/client.h"
#include "genl/history.h"
#include "genl/life.h"
#include "genl/teardown.h"
#include "lib/poll.h"
#include "lib/signal-name.h"
#include "proc/names-cache.h"
#include "proc/procfs.h"
#include "proc/snapshot.h"

/* Maximum number of looks where history and /proc disagree. */
#define LOOKS_MAX	5

/* Number of zombie children of main from which on it does not reap. */
#define ZOMBIES_MIN	2

const char *risk_name(unsigned int risk)
{
	static const char *const names[RISKS] = {
		[RISK_DROPS_STOP_SIGNAL]	= "drops-stop-signal",
		[RISK_DOES_NOT_REAP]		= "does-not-reap",
		[RISK_SHARES_PIDNS]		= "shares-pid-namespace",
		[RISK_NO_PIDNS]			= "no-pid-namespace",
	};

	return risk < RISKS ? names[risk] : NULL;
}

static void count_one(const struct task *task, struct overview_row *row)
{
	if (task_is_zombie(task))
		row->zombies++;
	else
		row->processes++;
}

/* Counts the processes of a container, or of a pid namespace. */
static void count_processes(const struct survey *survey,
			    const struct subject *subject,
			    struct overview_row *row)
{
	const struct group *container = subject->container;
	struct group below;
	size_t i;

	for (i = 0; container && i < container->count; i++)
		count_one(container->list[i], row);
	if (container)
		return;
	below = members_below_pidns(&survey->members, row->pidns);
	for (i = 0; i < below.count; i++)
		if (snapshot_ns_below(&survey->snapshot,
				      below.list[i]->process.pidns, row->pidns))
			count_one(below.list[i], row);
}

/* Whether main, which lives, would neither take @signal nor end by it. */
static bool drops_signal(const struct view *main, uint32_t signal, bool init)
{
	if (!main->has_signals || signal == SIGKILL || signal == SIGSTOP)
		return false;
	if (task_mask_has(main->ignored, signal))
		return true;
	return (init || !signal_ends(signal)) &&
	       !task_mask_has(main->caught, signal) &&
	       !task_mask_has(main->blocked, signal);
}

/* Whether main's pid namespace has another init, or another container in it. */
static bool shares_pidns(const struct survey *survey, const struct subject *subject)
{
	struct group group = members_of_pidns(&survey->members,
					      subject->main->process.pidns);
	const struct group *container;
	const struct task *task;
	size_t i;

	for (i = 0; i < group.count; i++) {
		task = group.list[i];
		container = members_container_of(&survey->members, task);
		if (container != subject->container &&
		    (container || task->process.ns_pid == 1))
			return true;
	}
	return false;
}

static void find_risks(const struct survey *survey, const struct subject *subject,
		       const struct facts *facts, struct overview_row *row)
{
	uint32_t signal = row->container.names.stop_signal;

	if (row->pidns == PROCFS_PIDNS_INITIAL)
		row->risks |= 1U << RISK_NO_PIDNS;
	else if (shares_pidns(survey, subject))
		row->risks |= 1U << RISK_SHARES_PIDNS;
	if (facts->condition == NS_ALIVE &&
	    drops_signal(&facts->init, signal ? signal : SIGTERM,
			 task_is_init(subject->main)))
		row->risks |= 1U << RISK_DROPS_STOP_SIGNAL;
}

/* What explain is to be asked for, to say the same as the row. */
static struct target target_of(const struct survey *survey,
			       const struct subject *subject)
{
	const struct life *life = subject->main ? subject->life : subject->last;
	const struct task *main = subject->main, *named;
	struct target target = {
		.kind = TARGET_PIDNS,
		.life = life,
	};

	if (main) {
		target.pidns = main->process.pidns;
		target.pid = main->process.pid;
		target.start_ticks = main->start_ticks;
	} else if (life) {
		target.pidns = life->main.pidns;
		target.pid = life->main.pid;
		target.start_ticks = process_start_ticks(&life->main);
	}
	if (subject->container) {
		named = members_named(&survey->members, subject->container);
		target.kind = TARGET_CONTAINER;
		target.user = named->container_user;
		snprintf(target.id, sizeof(target.id), "%s", named->container);
	}
	return target;
}

/* Fills in the verdict on main, and the risks. */
static int judge_main(struct survey *survey, const struct subject *subject,
		      struct overview_row *row)
{
	struct verdict verdict = { .findings = NULL };
	struct snapshot part;
	struct facts facts = { .others = NULL };
	struct sources sources = {
		.snapshot = &part,
		.all = &survey->snapshot,
		.history = &survey->history,
		.teardown = teardowns_find(&survey->teardowns, row->pidns),
		.client = survey->client,
	};
	int error;

	error = members_around(&survey->members, subject->container,
			       subject->main, &part);
	if (!error)
		error = gather_facts(&row->target, &sources, &facts);
	if (!error)
		error = verdict_find(&facts, &verdict);
	if (!error) {
		row->state = explain_condition_name(facts.condition);
		row->verdict = verdict.kind;
		row->trouble = trouble_of(&facts);
		row->transient = explain_may_be_transient(verdict.kind);
		find_risks(survey, subject, &facts, row);
	}
	free(verdict.findings);
	gather_free(&facts);
	members_free_part(&part);
	return error;
}

/* Main is dead, and others of its container live. */
static void judge_left_behind(const struct survey *survey,
			      const struct subject *subject,
			      struct overview_row *row)
{
	const struct life *last = subject->last;

	row->trouble = (struct trouble){
		.kind = TROUBLE_LEFT_BEHIND,
		.since_ns = last && last->end_ns ? last->end_ns :
						   survey->history.loaded_ns,
	};
	row->state = explain_condition_name(NS_LEFT_BEHIND);
	row->verdict = VERDICT_LEFT_BEHIND;
}

/* Returns the pid namespace of what lives in @container, the outermost. */
static uint32_t pidns_of_living(const struct group *container)
{
	const struct task *task, *found = NULL;
	size_t i;

	for (i = 0; i < container->count; i++) {
		task = container->list[i];
		if (!task_is_zombie(task) && task->process.pidns &&
		    (!found || task->levels < found->levels))
			found = task;
	}
	return found ? found->process.pidns : 0;
}

static int fill_row(struct survey *survey, const struct subject *subject,
		    struct overview_row *row)
{
	const struct task *main = subject->main;

	row->target = target_of(survey, subject);
	if (main) {
		row->main = main->process;
		row->pidns = main->process.pidns;
		/* The ledger has the start in nanoseconds. */
		if (subject->life)
			row->main.start_ns = subject->life->main.start_ns;
	} else {
		row->pidns = pidns_of_living(subject->container);
		judge_left_behind(survey, subject, row);
	}
	count_processes(survey, subject, row);
	return main ? judge_main(survey, subject, row) : 0;
}

/*
 * Whether there is a row about @subject, whose container is named in @row. A
 * pod's sandbox is a row only if @all is set, and zombies alone are none, unless
 * main is one.
 */
static bool is_shown(const struct subject *subject,
		     const struct overview_row *row, bool all)
{
	const struct container_names *names = &row->container.names;

	if (!subject->main && !survey_has_living(subject->container))
		return false;
	return all || !names->pod[0] || names->name[0];
}

/* Whether @zombie, a child of @main, is still one. */
static bool is_still_zombie(const struct task *zombie, const struct task *main)
{
	struct task now;
	bool still;

	still = !task_read(zombie->process.pid, &now) &&
		now.start_ticks == zombie->start_ticks &&
		now.ppid == main->process.pid && task_is_zombie(&now);
	task_clear(&now);
	return still;
}

/* Looks a second time at zombie children of main, after all other work. */
static bool leaves_zombies(const struct survey *survey, const struct task *main)
{
	struct group children = members_children(&survey->members,
						 main->process.pid);
	size_t i, zombies = 0, stay = 0;

	for (i = 0; i < children.count; i++)
		zombies += task_is_zombie(children.list[i]);
	if (zombies < ZOMBIES_MIN)
		return false;
	for (i = 0; i < children.count && stay < ZOMBIES_MIN; i++)
		if (task_is_zombie(children.list[i]))
			stay += is_still_zombie(children.list[i], main);
	return stay >= ZOMBIES_MIN;
}

static void find_unreaped(const struct survey *survey, struct overview *overview)
{
	const struct task *main;
	struct overview_row *row;
	size_t i;

	for (i = 0; i < overview->count; i++) {
		row = &overview->rows[i];
		main = row->main.has ? snapshot_find(&survey->snapshot,
						     row->main.pid) : NULL;
		if (main && !main->exiting && leaves_zombies(survey, main))
			row->risks |= 1U << RISK_DOES_NOT_REAP;
		else if (row->verdict == VERDICT_INIT_DOES_NOT_REAP)
			row->verdict = VERDICT_HEALTHY;
	}
}

static int compare_rows(const void *a, const void *b)
{
	const struct overview_row *left = a, *right = b;
	char one[CONTAINER_LABEL_SIZE], other[CONTAINER_LABEL_SIZE];
	int order;

	/* What is in no container comes last. */
	if (!left->container.id[0] != !right->container.id[0])
		return left->container.id[0] ? -1 : 1;
	order = strcmp(container_label(&left->container, one),
		       container_label(&right->container, other));
	if (!order)
		order = strcmp(left->container.id, right->container.id);
	if (order)
		return order;
	return (left->pidns > right->pidns) - (left->pidns < right->pidns);
}

static int make_rows(struct survey *survey, bool all, struct overview *overview)
{
	const struct subject *subject = survey->subjects;
	struct overview_row *row;
	int error;
	size_t i;

	overview->rows = calloc(survey->count + 1, sizeof(*overview->rows));
	if (!overview->rows)
		return -ENOMEM;
	for (i = 0; i < survey->count; i++, subject++) {
		row = &overview->rows[overview->count];
		*row = (struct overview_row){ .pidns = 0 };
		if (subject->container)
			names_of_task(members_named(&survey->members,
						    subject->container),
				      &row->container);
		if (!is_shown(subject, row, all))
			continue;
		error = fill_row(survey, subject, row);
		if (error)
			return error;
		overview->count++;
	}
	find_unreaped(survey, overview);
	if (overview->count)
		qsort(overview->rows, overview->count, sizeof(*row),
		      compare_rows);
	return 0;
}

void overview_free(struct overview *overview)
{
	free(overview->rows);
	lives_free(&overview->lives);
	*overview = (struct overview){ .count = 0 };
}

/* Reads everything, again where history and /proc are not of the same time. */
static int read_rows(struct client *client, bool all, struct overview *overview)
{
	int looks, error = -EAGAIN;
	struct survey survey;

	for (looks = 0; error == -EAGAIN && looks < LOOKS_MAX; looks++) {
		overview_free(overview);
		error = survey_read(client, all, &survey);
		if (!error)
			error = make_rows(&survey, all, overview);
		/* The targets point into them. */
		overview->lives = survey.lives;
		survey.lives = (struct lives){ .count = 0 };
		survey_free(&survey);
	}
	return error;
}

static bool has_transient(const struct overview *overview)
{
	size_t i;

	for (i = 0; i < overview->count; i++)
		if (overview->rows[i].transient)
			return true;
	return false;
}

/*
 * A verdict that may be transient counts where it is given twice. So one that is
 * given only by the second look, @now, makes place for that of the first.
 */
static void settle_transient(const struct overview *before,
			     struct overview *now)
{
	const struct overview_row *same;
	struct overview_row *row = now->rows;
	struct overview_row *end = row + now->count;

	for (; row < end; row++) {
		if (!row->transient || !before->count)
			continue;
		same = bsearch(row, before->rows, before->count, sizeof(*row),
			       compare_rows);
		if (!same || same->transient ||
		    !process_same(&same->main, &row->main))
			continue;
		row->state = same->state;
		row->verdict = same->verdict;
		row->trouble = same->trouble;
	}
}

int overview_read(struct client *client, bool all, struct overview *overview)
{
	struct overview before = { .count = 0 };
	int error;

	error = read_rows(client, all, overview);
	if (error || !has_transient(overview))
		return error;
	before = *overview;
	*overview = (struct overview){ .count = 0 };
	error = poll_wait(NULL, 0, EXPLAIN_TRANSIENT_MS);
	if (error >= 0)
		error = read_rows(client, all, overview);
	if (error >= 0)
		settle_transient(&before, overview);
	overview_free(&before);
	return error < 0 ? error : 0;
}
