// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "explain/explain.h"
#include "explain/gather.h"
#include "explain/members.h"
#include "explain/overview.h"
#include "explain/target.h"
#include "explain/verdict.h"
#include "genl/client.h"
#include "genl/history.h"
#include "genl/life.h"
#include "genl/teardown.h"
#include "lib/poll.h"
#include "lib/signal-name.h"
#include "proc/container-names.h"
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

/* What a row is about. */
struct subject {
	const struct group *container;	/* NULL: a pid namespace alone */
	const struct task *main;	/* NULL: it does not live */
	const struct life *life;	/* of main; NULL: none recorded */
	bool		recorded;	/* the ledger had a main, maybe ended */
};

/* What is read once for all rows. */
struct look {
	struct client	*client;
	struct history	history;
	struct teardowns teardowns;
	struct snapshot	snapshot;
	struct lives	lives;
	struct members	members;
	struct subject	*subjects;
	size_t		count;
};

static void look_free(struct look *look)
{
	free(look->subjects);
	members_free(&look->members);
	lives_free(&look->lives);
	snapshot_free(&look->snapshot);
	teardowns_free(&look->teardowns);
	history_free(&look->history);
	*look = (struct look){ .count = 0 };
}

/* Returns main of @life in the snapshot, or NULL. */
static struct task *find_main_task(const struct look *look,
				   const struct life *life)
{
	struct task *task = snapshot_find(&look->snapshot, life->main.pid);

	return task && process_same(&task->process, &life->main) ? task : NULL;
}

/*
 * On cgroup v1, /proc shows a process that is exiting in the root of the
 * hierarchy. The ledger knows where a main process was.
 */
static void restore_containers(struct look *look)
{
	const struct life *life = look->lives.list;
	const struct life *end = life + look->lives.count;
	char id[CONTAINER_SIZE];
	struct task *task;

	for (; life < end; life++) {
		task = find_main_task(look, life);
		if (!task || task->container || !task->exiting ||
		    !container_of_path(life->path, id))
			continue;
		task->container = strdup(id);
		task->container_user = container_user(life->path);
	}
}

/*
 * Reads everything. The ledger comes last: then it has main of whatever is in
 * the snapshot.
 */
static int look_read(struct client *client, struct look *look)
{
	static const struct wanted none;
	int error;

	*look = (struct look){ .client = client };
	error = history_read(client, &none, &look->history);
	if (!error)
		error = client_teardowns(client, &look->teardowns);
	if (!error)
		error = snapshot_read(&look->snapshot);
	if (!error)
		error = client_lives(client, &look->lives);
	if (error)
		return error;
	restore_containers(look);
	return members_find(&look->snapshot, &look->members);
}

/* Returns the container of @life, which has a process in the snapshot, or NULL. */
static const struct group *container_of_life(const struct look *look,
					     const struct life *life,
					     const struct task *main)
{
	char id[CONTAINER_SIZE];

	if (main && members_container_of(&look->members, main))
		return members_container_of(&look->members, main);
	if (!container_of_path(life->path, id))
		return NULL;
	return members_container(&look->members, id,
				 container_user(life->path));
}

/* Takes over main of each life, the newest that lives. */
static void find_recorded_mains(struct look *look)
{
	const struct life *life = look->lives.list;
	const struct life *end = life + look->lives.count;
	const struct group *container;
	struct subject *subject;
	const struct task *main;

	for (; life < end; life++) {
		main = find_main_task(look, life);
		container = container_of_life(look, life, main);
		if (!container)
			continue;
		subject = &look->subjects[container - look->members.containers];
		subject->recorded = true;
		if (!main || members_container_of(&look->members, main) !=
				     container ||
		    (task_is_zombie(main) && subject->main &&
		     !task_is_zombie(subject->main)))
			continue;
		subject->main = main;
		subject->life = life;
	}
}

static bool has_outside_parent(const struct look *look, const struct task *task,
			       const struct group *container)
{
	const struct task *parent = snapshot_find(&look->snapshot, task->ppid);

	return !parent || members_container_of(&look->members, parent) !=
				  container;
}

/*
 * Whether @task is rather main than @other: living before dead, an init before
 * others, the outermost of these, the oldest.
 */
static bool is_rather_main(const struct task *task, const struct task *other)
{
	if (task_is_zombie(task) != task_is_zombie(other))
		return !task_is_zombie(task);
	if (task_is_init(task) != task_is_init(other))
		return task_is_init(task);
	if (task_is_init(task) && task->levels != other->levels)
		return task->levels < other->levels;
	return task->start_ticks < other->start_ticks;
}

/*
 * Finds main of @container in the snapshot alone: the init of its own pid
 * namespace, or else, unless only an @init is wanted, the oldest process whose
 * parent is outside.
 */
static const struct task *guess_main(const struct look *look,
				     const struct group *container, bool init)
{
	const struct task *task, *found = NULL;
	size_t i;

	for (i = 0; i < container->count; i++) {
		task = container->list[i];
		if (!task_is_init(task) &&
		    (init || !has_outside_parent(look, task, container)))
			continue;
		if (!found || is_rather_main(task, found))
			found = task;
	}
	return found;
}

static bool has_living(const struct group *container)
{
	size_t i;

	for (i = 0; i < container->count; i++)
		if (!task_is_zombie(container->list[i]))
			return true;
	return false;
}

static bool is_living(const struct task *task)
{
	return task && !task_is_zombie(task);
}

/*
 * Finds main of each container. A zombie is main only of a container in which
 * nothing lives: else what lives is left behind. The ledger may still have a
 * step of the engine's, which has ended, in place of an init that has not
 * executed its program: runc create makes such.
 */
static void find_mains(struct look *look)
{
	const struct task *found;
	struct subject *subject;
	size_t i;

	for (i = 0; i < look->members.nr_containers; i++)
		look->subjects[i].container = &look->members.containers[i];
	look->count = i;
	find_recorded_mains(look);
	for (i = 0; i < look->count; i++) {
		subject = &look->subjects[i];
		found = is_living(subject->main) ? NULL :
			guess_main(look, subject->container, subject->recorded);
		if (is_living(found) || (found && !subject->recorded)) {
			subject->main = found;
			subject->life = NULL;
		}
		if (!is_living(subject->main) && has_living(subject->container))
			subject->main = NULL;
	}
}

/* Adds the pid namespaces whose init is in no container. */
static void add_namespaces(struct look *look)
{
	const struct task *task = look->snapshot.list;
	const struct task *end = task + look->snapshot.count;

	for (; task < end; task++)
		if (task_is_init(task) && !task_is_zombie(task) &&
		    !members_container_of(&look->members, task))
			look->subjects[look->count++] = (struct subject){
				.main = task,
			};
}

/* Looks up the names of all containers at once. */
static int find_names(const struct look *look)
{
	struct names_query *queries;
	const struct task *task;
	size_t i, count = look->members.nr_containers;

	queries = calloc(count + 1, sizeof(*queries));
	if (!queries)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		task = look->members.in_container[i];
		queries[i] = (struct names_query){
			.id = task->container,
			.user = task->container_user,
			.pid = task->process.pid,
		};
	}
	names_find_all(queries, count);
	names_find_known();
	free(queries);
	return 0;
}

static int find_subjects(struct look *look, bool all)
{
	look->subjects = calloc(look->snapshot.count + 1,
				sizeof(*look->subjects));
	if (!look->subjects)
		return -ENOMEM;
	find_mains(look);
	if (all)
		add_namespaces(look);
	return find_names(look);
}

static void count_one(const struct task *task, struct overview_row *row)
{
	if (task_is_zombie(task))
		row->zombies++;
	else
		row->processes++;
}

/* Counts the processes of a container, or of a pid namespace. */
static void count_processes(const struct look *look,
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
	below = members_below_pidns(&look->members, row->pidns);
	for (i = 0; i < below.count; i++)
		if (snapshot_ns_below(&look->snapshot,
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
static bool shares_pidns(const struct look *look, const struct subject *subject)
{
	struct group group = members_of_pidns(&look->members,
					      subject->main->process.pidns);
	const struct group *container;
	const struct task *task;
	size_t i;

	for (i = 0; i < group.count; i++) {
		task = group.list[i];
		container = members_container_of(&look->members, task);
		if (container != subject->container &&
		    (container || task->process.ns_pid == 1))
			return true;
	}
	return false;
}

static void find_risks(const struct look *look, const struct subject *subject,
		       const struct facts *facts, struct overview_row *row)
{
	uint32_t signal = row->container.names.stop_signal;

	if (row->pidns == PROCFS_PIDNS_INITIAL)
		row->risks |= 1U << RISK_NO_PIDNS;
	else if (shares_pidns(look, subject))
		row->risks |= 1U << RISK_SHARES_PIDNS;
	if (facts->condition == NS_ALIVE &&
	    drops_signal(&facts->init, signal ? signal : SIGTERM,
			 task_is_init(subject->main)))
		row->risks |= 1U << RISK_DROPS_STOP_SIGNAL;
}

/*
 * What explain says about main. An init stands for its pid namespace, which may
 * be in teardown.
 */
static struct target target_of(const struct subject *subject)
{
	const struct task *main = subject->main;

	return (struct target){
		.kind = task_is_init(main) ? TARGET_PIDNS : TARGET_PROCESS,
		.pidns = main->process.pidns,
		.pid = main->process.pid,
		.start_ticks = main->start_ticks,
		.life = subject->life,
	};
}

static void set_verdict(struct overview_row *row, enum verdict_kind kind)
{
	row->verdict = verdict_name(kind);
	row->severity = verdict_severity(kind);
}

/* Fills in the verdict on main, and the risks. */
static int judge_main(struct look *look, const struct subject *subject,
		      struct overview_row *row)
{
	struct target target = target_of(subject);
	struct verdict verdict = { .findings = NULL };
	struct snapshot part;
	struct facts facts = { .others = NULL };
	struct sources sources = {
		.snapshot = &part,
		.all = &look->snapshot,
		.history = &look->history,
		.teardown = teardowns_find(&look->teardowns, target.pidns),
		.client = look->client,
	};
	int error;

	error = members_around(&look->members, subject->container,
			       subject->main, &part);
	if (!error)
		error = gather_facts(&target, &sources, &facts);
	if (!error)
		error = verdict_find(&facts, &verdict);
	if (!error) {
		row->state = explain_condition_name(facts.condition);
		set_verdict(row, verdict.kind);
		row->transient = explain_may_be_transient(verdict.kind);
		find_risks(look, subject, &facts, row);
	}
	free(verdict.findings);
	gather_free(&facts);
	members_free_part(&part);
	return error;
}

/* Main is dead, and others of its container live. */
static void judge_left_behind(struct overview_row *row)
{
	row->state = explain_condition_name(NS_LEFT_BEHIND);
	set_verdict(row, VERDICT_LEFT_BEHIND);
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

static int fill_row(struct look *look, const struct subject *subject,
		    struct overview_row *row)
{
	const struct task *main = subject->main;

	if (main) {
		row->main = main->process;
		row->pidns = main->process.pidns;
		/* The ledger has the start in nanoseconds. */
		if (subject->life)
			row->main.start_ns = subject->life->main.start_ns;
	} else {
		row->pidns = pidns_of_living(subject->container);
		judge_left_behind(row);
	}
	count_processes(look, subject, row);
	return main ? judge_main(look, subject, row) : 0;
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

	if (!subject->main && !has_living(subject->container))
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
static bool leaves_zombies(const struct look *look, const struct task *main)
{
	struct group children = members_children(&look->members,
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

static void find_unreaped(const struct look *look, struct overview *overview)
{
	const struct task *main;
	struct overview_row *row;
	size_t i;

	for (i = 0; i < overview->count; i++) {
		row = &overview->rows[i];
		main = row->main.has ? snapshot_find(&look->snapshot,
						     row->main.pid) : NULL;
		if (main && !main->exiting && leaves_zombies(look, main))
			row->risks |= 1U << RISK_DOES_NOT_REAP;
		else if (row->verdict ==
			 verdict_name(VERDICT_INIT_DOES_NOT_REAP))
			set_verdict(row, VERDICT_HEALTHY);
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

static int make_rows(struct look *look, bool all, struct overview *overview)
{
	const struct subject *subject = look->subjects;
	struct overview_row *row;
	int error;
	size_t i;

	overview->rows = calloc(look->count + 1, sizeof(*overview->rows));
	if (!overview->rows)
		return -ENOMEM;
	for (i = 0; i < look->count; i++, subject++) {
		row = &overview->rows[overview->count];
		*row = (struct overview_row){ .pidns = 0 };
		if (subject->container)
			names_of_task(members_named(&look->members,
						    subject->container),
				      &row->container);
		if (!is_shown(subject, row, all))
			continue;
		error = fill_row(look, subject, row);
		if (error)
			return error;
		overview->count++;
	}
	find_unreaped(look, overview);
	if (overview->count)
		qsort(overview->rows, overview->count, sizeof(*row),
		      compare_rows);
	return 0;
}

void overview_free(struct overview *overview)
{
	free(overview->rows);
	*overview = (struct overview){ .count = 0 };
}

/* Reads everything, again where history and /proc are not of the same time. */
static int read_rows(struct client *client, bool all, struct overview *overview)
{
	int looks, error = -EAGAIN;
	struct look look;

	for (looks = 0; error == -EAGAIN && looks < LOOKS_MAX; looks++) {
		overview_free(overview);
		error = look_read(client, &look);
		if (!error)
			error = find_subjects(&look, all);
		if (!error)
			error = make_rows(&look, all, overview);
		look_free(&look);
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
		row->severity = same->severity;
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
