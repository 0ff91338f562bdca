// SPDX-License-Identifier: GPL-2.0
/*
 * Everything here is read under RCU, which frees tasks, pids and pid
 * namespaces (delayed_put_task_struct(), put_pid() with delayed_put_pid(),
 * delayed_free_pidns(); 5.10 to 7.3). tasklist_lock is not to be had, so what
 * several members say of a process may be of moments that differ a little.
 */
#include <linux/idr.h>
#include <linux/pid_namespace.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "left.h"
#include "teardown.h"

/* Pids that are looked at before others get the processor. */
#define PIDS_A_LOOK	64

/* event.h asks for preemption off, rcu_dereference() for the other. */
static void look_begin(void)
	__acquires(RCU)
{
	rcu_read_lock();
	preempt_disable();
}

static void look_end(void)
	__releases(RCU)
{
	preempt_enable();
	rcu_read_unlock();
}

/* Not once it was reaped: nobody can tell then, and it holds up nothing. */
static bool is_outside(struct task_struct *task, struct pid_namespace *ns)
{
	struct pid *pid = READ_ONCE(task->signal->pids[PIDTYPE_TGID]);

	return pid && (pid->level < ns->level ||
		       pid->numbers[ns->level].ns != ns);
}

static void take_parent(struct left *left, struct task_struct *leader,
			struct pid_namespace *ns)
{
	struct task_struct *parent;
	int tries = 3;

	/* One that was reaped has no pid, and real_parent points to the next. */
	do {
		parent = rcu_dereference(leader->real_parent);
		event_process(&left->parent, parent);
	} while (!left->parent.pid && --tries);
	if (is_outside(parent, ns))
		left->flags |= NSORPHAN_REMAINING_FLAG_OUTSIDE_PARENT;
}

static void take_tracer(struct left *left, struct task_struct *task,
			struct pid_namespace *ns)
{
	struct task_struct *tracer;

	if (!READ_ONCE(task->ptrace))
		return;
	tracer = rcu_dereference(task->parent);
	event_process(&left->tracer, tracer);
	/* Gone meanwhile: it traces nobody any more. */
	if (!left->tracer.pid)
		return;
	left->has_tracer = true;
	if (is_outside(tracer, ns))
		left->flags |= NSORPHAN_REMAINING_FLAG_OUTSIDE_TRACER;
}

/* How much a thread in this state tells of why a process does not end. */
static int weight(enum nsorphan_task_state state)
{
	switch (state) {
	case NSORPHAN_TASK_STATE_DISK_SLEEP:
		return 4;
	case NSORPHAN_TASK_STATE_STOPPED:
	case NSORPHAN_TASK_STATE_TRACED:
		return 3;
	case NSORPHAN_TASK_STATE_ZOMBIE:	/* a tracer has not reaped it */
		return 1;
	case NSORPHAN_TASK_STATE_DEAD:		/* it goes this very moment */
		return 0;
	default:
		return 2;
	}
}

/*
 * While the leader lives: the leader. Of one that is a zombie, the thread that
 * keeps it from being reaped, as delay_group_leader() in the kernel's
 * sched/signal.h has it, if there is one.
 */
static struct task_struct *take_threads(struct left *left,
					struct task_struct *leader)
{
	struct task_struct *thread, *culprit = leader;
	int most = 0;

	for_each_thread(leader, thread) {
		enum nsorphan_task_state state;

		/*
		 * PF_DUMPCORE: coredump_wait() set it on the thread that writes
		 * the core, and nobody takes it away. It exits after that.
		 */
		if ((thread->flags & (PF_DUMPCORE | PF_EXITING)) == PF_DUMPCORE)
			left->flags |= NSORPHAN_REMAINING_FLAG_DUMPING;
		if (thread == leader || left->state != NSORPHAN_TASK_STATE_ZOMBIE)
			continue;
		state = event_task_state(thread);
		if (weight(state) <= most)
			continue;
		most = weight(state);
		culprit = thread;
		left->thread_state = state;
	}
	if (culprit == leader)
		return leader;
	left->tid = culprit->pid;
	left->flags |= NSORPHAN_REMAINING_FLAG_LIVE_THREAD;
	return culprit;
}

static void take_left(struct left *left, struct task_struct *leader,
		      struct pid_namespace *ns)
{
	struct task_struct *culprit;

	memset(left, 0, sizeof(*left));
	event_process(&left->process, leader);
	left->state = event_task_state(leader);
	take_parent(left, leader, ns);
	culprit = take_threads(left, leader);
	take_tracer(left, culprit, ns);
	if (culprit != leader && !left->has_tracer)
		take_tracer(left, leader, ns);
	if (culprit->exit_state)
		return;
	if (culprit->flags & PF_EXITING)
		left->flags |= NSORPHAN_REMAINING_FLAG_EXITING;
	if (compat_task_frozen(culprit))
		left->flags |= NSORPHAN_REMAINING_FLAG_FROZEN;
}

/* Of the first process from *nr on, within some pids. *nr goes behind it. */
static bool find_left(struct pid_namespace *ns, unsigned long *nr,
		      struct left *left, u64 *cgroup, bool *end)
{
	struct task_struct *leader;
	struct pid *pid;
	int n;

	for (n = 0; n < PIDS_A_LOOK; n++) {
		pid = idr_get_next_ul(&ns->idr, nr);
		if (!pid) {
			*end = true;
			return false;
		}
		++*nr;
		leader = pid_task(pid, PIDTYPE_TGID);
		if (!leader)
			continue;
		take_left(left, leader, ns);
		*cgroup = event_cgroup(leader);
		/* Reaped while it was looked at. */
		if (left->process.pid)
			return true;
	}
	return false;
}

bool left_process(struct left_cursor *cursor, struct left *left, u64 *cgroup)
{
	bool end = false, found = false;
	struct teardown_view view;

	while (!found && !end) {
		look_begin();
		if (teardown_view(cursor->place, &view) &&
		    view.begin_ns == cursor->begin_ns)
			found = find_left(view.ns, &cursor->nr, left, cgroup,
					  &end);
		else
			end = true;
		look_end();
		cond_resched();
	}
	return found;
}

static bool look_at(struct left_cursor *cursor, struct left_teardown *teardown)
{
	struct teardown_view view;

	if (!teardown_view(cursor->place, &view) ||
	    (cursor->begin_ns && cursor->begin_ns != view.begin_ns))
		return false;
	if (!cursor->begin_ns) {
		cursor->begin_ns = view.begin_ns;
		cursor->nr = LEFT_FIRST_NR;
	}
	event_process(&teardown->init, view.init);
	teardown->begin_ns = view.begin_ns;
	teardown->cgroup = event_cgroup(view.init);
	teardown->pidns = view.ns->ns.inum;
	teardown->level = view.ns->level;
	return true;
}

bool left_teardown(struct left_cursor *cursor, struct left_teardown *teardown)
{
	bool found;

	for (; cursor->place < TEARDOWN_MAX; left_skip(cursor)) {
		look_begin();
		found = look_at(cursor, teardown);
		look_end();
		if (found)
			return true;
	}
	return false;
}
