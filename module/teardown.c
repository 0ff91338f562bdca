// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>

#include "alive.h"
#include "event.h"
#include "recorder.h"
#include "teardown.h"

/* One call of zap_pid_ns_processes(). */
struct teardown {
	struct task_struct *init;	/* last thread of the init; NULL: free */
	struct pid_namespace *ns;	/* NULL: not to be seen by others */
	u64 begin_ns;
	u32 killed;
	struct task_struct *target;	/* whom it comes to next ... */
	enum nsorphan_task_state target_state;	/* ... and finds so */
};

/*
 * Those that run, hashed by init. A slot is claimed by cmpxchg and from then
 * on belongs to that task alone, so nothing here needs a lock. Others may look
 * at init, ns and begin_ns while ns is there: teardown_view().
 */
static struct teardown teardowns[TEARDOWN_MAX];
static atomic_t running = ATOMIC_INIT(0);

static struct teardown *nth_place(unsigned int n)
{
	unsigned int home = hash_ptr(current, ilog2(TEARDOWN_MAX));

	return &teardowns[(home + n) % TEARDOWN_MAX];
}

static struct teardown *claim_teardown(void)
{
	unsigned int n;

	for (n = 0; n < TEARDOWN_MAX; n++) {
		struct teardown *teardown = nth_place(n);

		if (!cmpxchg(&teardown->init, NULL, current)) {
			atomic_inc(&running);
			return teardown;
		}
	}
	return NULL;
}

static struct teardown *teardown_of_current(void)
{
	unsigned int n;

	for (n = 0; n < TEARDOWN_MAX; n++) {
		struct teardown *teardown = nth_place(n);

		if (READ_ONCE(teardown->init) == current)
			return teardown;
	}
	return NULL;
}

static void free_teardown(struct teardown *teardown)
{
	WRITE_ONCE(teardown->ns, NULL);
	/* After the last use of its members: the next owner writes them. */
	smp_store_release(&teardown->init, NULL);
	atomic_dec(&running);
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

bool teardown_begin(struct pid_namespace *ns)
{
	struct teardown *teardown = claim_teardown();
	struct recorder_slot *slot;
	struct event *event;

	if (!teardown)
		return false;
	teardown->killed = 0;
	teardown->target = NULL;
	WRITE_ONCE(teardown->begin_ns, ktime_get_boot_fast_ns());
	/* The others before, for teardown_view(). */
	smp_store_release(&teardown->ns, ns);

	if (!recorder_reserve(&slot, NSORPHAN_EVENT_TYPE_TEARDOWN_BEGIN,
			      teardown->begin_ns))
		return true;
	event = &slot->event;
	event_process(&event->teardown_begin.init, current);
	take_parent(&event->teardown_begin.init_parent, current);
	event->teardown_begin.init_status = event_exit_status(current);
	event->teardown_begin.level = ns->level;
	event->teardown_begin.processes = count_processes(ns);
	event->pidns = ns->ns.inum;
	event->cgroup = event_cgroup(current);
	recorder_commit(slot);
	recorder_wake();
	return true;
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

static void record_kill(struct teardown *teardown, struct task_struct *task)
{
	struct recorder_slot *slot;
	struct event *event;

	if (!recorder_reserve(&slot, NSORPHAN_EVENT_TYPE_TEARDOWN_KILL,
			      ktime_get_boot_fast_ns()))
		return;
	event = &slot->event;
	event_process(&event->teardown_kill.process, task);
	take_parent(&event->teardown_kill.parent, task);
	/* The signal has woken it by now: its state was taken before. */
	event->teardown_kill.process_state =
		task == teardown->target ? teardown->target_state :
					   EVENT_STATE_UNKNOWN;
	event->pidns = teardown->ns->ns.inum;
	event->cgroup = event_cgroup(task);
	recorder_commit(slot);
	recorder_wake();
}

bool teardown_kill(struct task_struct *task, bool delivered)
{
	struct teardown *teardown = teardown_of_current();

	if (!teardown)
		return false;
	/* To one that is dying already, 5.10 says that it delivers. */
	if (delivered && alive_thread(task)) {
		teardown->killed++;
		record_kill(teardown, task);
	}
	return true;
}

static void record_end(const struct teardown *teardown)
{
	struct recorder_slot *slot;
	struct event *event;

	if (!recorder_reserve(&slot, NSORPHAN_EVENT_TYPE_TEARDOWN_END,
			      ktime_get_boot_fast_ns()))
		return;
	event = &slot->event;
	event_process(&event->teardown_end.init, current);
	event->teardown_end.duration_ns = event->boot_ns - teardown->begin_ns;
	event->teardown_end.killed = teardown->killed;
	event->pidns = teardown->ns->ns.inum;
	event->cgroup = event_cgroup(current);
	recorder_commit(slot);
	recorder_wake();
}

void teardown_end(void)
{
	struct teardown *teardown = teardown_of_current();

	if (!teardown)
		return;
	record_end(teardown);
	free_teardown(teardown);
}

bool teardown_view(unsigned int place, struct teardown_view *view)
{
	struct teardown *teardown = &teardowns[place];

	/* The others after: they are of this teardown, or of a later one. */
	view->ns = smp_load_acquire(&teardown->ns);
	if (!view->ns)
		return false;
	view->init = READ_ONCE(teardown->init);
	view->begin_ns = READ_ONCE(teardown->begin_ns);
	/*
	 * The next owner writes the two after it found init NULL, which came
	 * after ns was: who read what that one wrote does not find the same ns
	 * here. It cannot be a new one at the same address: RCU keeps that.
	 */
	smp_rmb();
	return READ_ONCE(teardown->ns) == view->ns;
}

u32 teardown_running(void)
{
	return atomic_read(&running);
}
