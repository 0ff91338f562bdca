// SPDX-License-Identifier: GPL-2.0
/*
 * Everything here is read in sections of task-walk.h, so the members of one
 * struct nso_remaining may be of slightly different moments.
 */
#include <linux/idr.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "process.h"
#include "remaining.h"
#include "task-walk.h"
#include "teardown.h"

/*
 * Tells whether task lives outside of ns. A task that was reaped does not: it
 * has no pid any more to tell by, and holds nothing up.
 */
static bool is_outside(struct task_struct *task, struct pid_namespace *ns)
{
	struct pid *pid = READ_ONCE(task->signal->pids[PIDTYPE_TGID]);

	return pid && (pid->level < ns->level ||
		       pid->numbers[ns->level].ns != ns);
}

static void take_parent(struct nso_remaining *remaining,
			struct task_struct *leader, struct pid_namespace *ns)
{
	struct task_struct *parent =
		nso_process_fill_parent(&remaining->parent, leader);

	if (is_outside(parent, ns))
		remaining->flags |= NSORPHAN_REMAINING_FLAG_OUTSIDE_PARENT;
}

static void take_tracer(struct nso_remaining *remaining,
			struct task_struct *task, struct pid_namespace *ns)
{
	struct task_struct *tracer;

	if (!READ_ONCE(task->ptrace))
		return;
	tracer = rcu_dereference(task->parent);
	nso_process_fill(&remaining->tracer, tracer);
	/* A tracer that was reaped meanwhile traces nothing any more. */
	if (!remaining->tracer.pid)
		return;
	remaining->has_tracer = true;
	if (is_outside(tracer, ns))
		remaining->flags |= NSORPHAN_REMAINING_FLAG_OUTSIDE_TRACER;
}

/* Returns how well this state of a thread explains why its process remains. */
static int weight(enum nsorphan_task_state state)
{
	switch (state) {
	case NSORPHAN_TASK_STATE_DISK_SLEEP:
		return 4;
	case NSORPHAN_TASK_STATE_STOPPED:
	case NSORPHAN_TASK_STATE_TRACED:
		return 3;
	case NSORPHAN_TASK_STATE_ZOMBIE:	/* not reaped by its tracer */
		return 1;
	case NSORPHAN_TASK_STATE_DEAD:		/* about to be gone */
		return 0;
	default:
		return 2;
	}
}

/*
 * Returns the thread that explains why the process remains: the leader while it
 * lives. If the leader is a zombie, that is the thread that keeps it from being
 * reaped (delay_group_leader() in linux/sched/signal.h), if there is one.
 */
static struct task_struct *take_threads(struct nso_remaining *remaining,
					struct task_struct *leader)
{
	struct task_struct *thread, *culprit = leader;
	int most = 0;

	for_each_thread(leader, thread) {
		enum nsorphan_task_state state;

		if (nso_task_is_dumping(thread))
			remaining->flags |= NSORPHAN_REMAINING_FLAG_DUMPING;
		if (thread == leader ||
		    remaining->state != NSORPHAN_TASK_STATE_ZOMBIE)
			continue;
		state = nso_task_state(thread);
		if (weight(state) <= most)
			continue;
		most = weight(state);
		culprit = thread;
		remaining->thread_state = state;
	}
	if (culprit == leader)
		return leader;
	remaining->tid = culprit->pid;
	remaining->flags |= NSORPHAN_REMAINING_FLAG_LIVE_THREAD;
	return culprit;
}

static void take_remaining(struct nso_remaining *remaining,
			   struct task_struct *leader, struct pid_namespace *ns)
{
	struct task_struct *culprit;

	memset(remaining, 0, sizeof(*remaining));
	nso_process_fill(&remaining->process, leader);
	remaining->state = nso_task_state(leader);
	take_parent(remaining, leader, ns);
	culprit = take_threads(remaining, leader);
	take_tracer(remaining, culprit, ns);
	if (culprit != leader && !remaining->has_tracer)
		take_tracer(remaining, leader, ns);
	if (culprit->exit_state)
		return;
	if (culprit->flags & PF_EXITING)
		remaining->flags |= NSORPHAN_REMAINING_FLAG_EXITING;
	if (nso_compat_task_frozen(culprit))
		remaining->flags |= NSORPHAN_REMAINING_FLAG_FROZEN;
}

/*
 * Fills in the first process from pid *nr on, if one is among the next few
 * pids, and moves *nr past those that were looked at. Sets *end after the last
 * pid.
 */
static bool find_remaining(struct pid_namespace *ns, unsigned long *nr,
			   struct nso_remaining *remaining,
			   struct nso_cgroup *cgroup, bool *end)
{
	struct task_struct *leader;
	struct pid *pid;
	int n;

	for (n = 0; n < NSO_PIDS_PER_SECTION; n++) {
		pid = idr_get_next_ul(&ns->idr, nr);
		if (!pid) {
			*end = true;
			return false;
		}
		++*nr;
		leader = pid_task(pid, PIDTYPE_TGID);
		if (!leader)
			continue;
		take_remaining(remaining, leader, ns);
		nso_cgroup_of_task(leader, cgroup);
		/* pid is 0 if the process was reaped meanwhile. */
		if (remaining->process.pid)
			return true;
	}
	return false;
}

bool nso_teardown_iter_process(struct nso_teardown_iter *iter,
			       struct nso_remaining *remaining,
			       struct nso_cgroup *cgroup)
{
	bool end = false, found = false;
	struct nso_teardown_view view;

	while (!found && !end) {
		nso_section_begin();
		if (nso_teardown_view(iter->slot, &view) &&
		    view.begin_ns == iter->begin_ns)
			found = find_remaining(view.ns, &iter->nr, remaining,
					       cgroup, &end);
		else
			end = true;
		nso_section_end();
		cond_resched();
	}
	return found;
}

static bool fill_info(struct nso_teardown_iter *iter,
		      struct nso_teardown_info *teardown)
{
	struct nso_teardown_view view;

	if (!nso_teardown_view(iter->slot, &view) ||
	    (iter->begin_ns && iter->begin_ns != view.begin_ns))
		return false;
	if (!iter->begin_ns) {
		iter->begin_ns = view.begin_ns;
		iter->nr = NSO_TEARDOWN_FIRST_NR;
	}
	nso_process_fill(&teardown->init, view.init);
	teardown->begin_ns = view.begin_ns;
	nso_cgroup_of_task(view.init, &teardown->cgroup);
	teardown->pidns = view.ns->ns.inum;
	teardown->level = view.ns->level;
	teardown->before_load = view.before_load;
	return true;
}

bool nso_teardown_iter_get(struct nso_teardown_iter *iter,
			   struct nso_teardown_info *teardown)
{
	bool found;

	for (; iter->slot < NSO_TEARDOWN_MAX; nso_teardown_iter_advance(iter)) {
		nso_section_begin();
		found = fill_info(iter, teardown);
		nso_section_end();
		if (found)
			return true;
	}
	return false;
}
