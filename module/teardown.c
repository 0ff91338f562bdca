// SPDX-License-Identifier: GPL-2.0
#include <linux/idr.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/spinlock.h>

#include "event.h"
#include "recorder.h"
#include "teardown.h"

/* Raw: it is taken in probes, under siglock, with interrupts off. */
static DEFINE_RAW_SPINLOCK(running_lock);
static LIST_HEAD(running);
static u32 running_count;

/* Only current ends its own teardown, so what is found stays. */
static struct teardown *teardown_of_current(void)
{
	struct teardown *teardown, *found = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&running_lock, flags);
	list_for_each_entry(teardown, &running, node) {
		if (teardown->init == current) {
			found = teardown;
			break;
		}
	}
	raw_spin_unlock_irqrestore(&running_lock, flags);
	return found;
}

/*
 * Processes left in ns and below it, as zap_pid_ns_processes() goes over them.
 * Not idr_for_each_entry(): that would call idr_get_next(), which we watch.
 */
static u32 count_processes(struct pid_namespace *ns)
{
	unsigned long nr = 2;
	u32 count = 0;
	struct pid *pid;

	rcu_read_lock();
	while ((pid = idr_get_next_ul(&ns->idr, &nr))) {
		if (pid_task(pid, PIDTYPE_TGID))
			count++;
		nr++;
	}
	rcu_read_unlock();
	return count;
}

/*
 * tasklist_lock is not held here, so the parent may die just now. One that
 * was reaped has no pid any more, and real_parent points to the next.
 */
static void take_parent(struct process *parent, struct task_struct *task)
{
	int tries = 3;

	rcu_read_lock();
	do {
		event_process(parent, rcu_dereference(task->real_parent));
	} while (!parent->pid && --tries);
	rcu_read_unlock();
}

void teardown_begin(struct teardown *teardown, struct pid_namespace *ns)
{
	unsigned long flags;
	struct event *event;

	teardown->init = current;
	teardown->ns = ns;
	teardown->killed = 0;
	teardown->target = NULL;
	teardown->begin_ns = ktime_get_boot_fast_ns();

	raw_spin_lock_irqsave(&running_lock, flags);
	list_add_tail(&teardown->node, &running);
	running_count++;
	raw_spin_unlock_irqrestore(&running_lock, flags);

	event = recorder_reserve(NSORPHAN_EVENT_TYPE_TEARDOWN_BEGIN);
	if (!event)
		return;
	teardown->begin_ns = event->boot_ns;
	event_process(&event->teardown_begin.init, current);
	take_parent(&event->teardown_begin.init_parent, current);
	event->teardown_begin.init_status = event_exit_status(current);
	event->teardown_begin.level = ns->level;
	event->teardown_begin.processes = count_processes(ns);
	event->pidns = ns->ns.inum;
	event->cgroup = event_cgroup(current);
	recorder_commit(event);
}

void teardown_next(struct idr *idr, int nr)
{
	struct teardown *teardown = teardown_of_current();
	unsigned long next = nr;
	struct pid *pid;

	if (!teardown || idr != &teardown->ns->idr)
		return;
	rcu_read_lock();
	pid = idr_get_next_ul(idr, &next);
	teardown->target = pid ? pid_task(pid, PIDTYPE_PID) : NULL;
	if (teardown->target)
		teardown->target_state = event_task_state(teardown->target);
	rcu_read_unlock();
}

void teardown_kill(struct task_struct *task)
{
	struct teardown *teardown = teardown_of_current();
	struct event *event;

	if (!teardown)
		return;
	teardown->killed++;
	event = recorder_reserve(NSORPHAN_EVENT_TYPE_TEARDOWN_KILL);
	if (!event)
		return;
	event_process(&event->teardown_kill.process, task);
	take_parent(&event->teardown_kill.parent, task);
	/* The signal has woken it by now: its state was taken before. */
	event->teardown_kill.process_state =
		task == teardown->target ? teardown->target_state :
					   EVENT_STATE_UNKNOWN;
	event->pidns = teardown->ns->ns.inum;
	event->cgroup = event_cgroup(task);
	recorder_commit(event);
}

void teardown_end(struct teardown *teardown)
{
	unsigned long flags;
	struct event *event;

	raw_spin_lock_irqsave(&running_lock, flags);
	list_del(&teardown->node);
	running_count--;
	raw_spin_unlock_irqrestore(&running_lock, flags);

	event = recorder_reserve(NSORPHAN_EVENT_TYPE_TEARDOWN_END);
	if (!event)
		return;
	event_process(&event->teardown_end.init, current);
	event->teardown_end.duration_ns = event->boot_ns - teardown->begin_ns;
	event->teardown_end.killed = teardown->killed;
	event->pidns = teardown->ns->ns.inum;
	event->cgroup = event_cgroup(current);
	recorder_commit(event);
}

u32 teardown_running(void)
{
	return READ_ONCE(running_count);
}
