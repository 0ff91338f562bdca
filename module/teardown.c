// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>

#include "container.h"
#include "event.h"
#include "exit-helpers.h"
#include "process.h"
#include "recorder-wake.h"
#include "recorder-writer.h"
#include "teardown.h"

/**
 * struct nso_teardown - one call of zap_pid_ns_processes()
 * @init: the thread that made the call; NULL if the slot is free
 * @ns: the namespace; NULL if other tasks must not look at the teardown
 * @begin_ns: begin of the teardown
 * @killed: number of kill events
 * @target: the task that the walk of the teardown comes to next
 * @target_state: state of @target before it is sent SIGKILL
 */
struct nso_teardown {
	struct task_struct *init;
	struct pid_namespace *ns;
	u64 begin_ns;
	u32 killed;
	struct task_struct *target;
	enum nsorphan_task_state target_state;
};

/*
 * The teardowns that run, hashed by init. A slot is claimed with a cmpxchg and
 * then belongs to that task alone, so nothing here needs a lock. Other tasks
 * may look at init, ns and begin_ns while ns is set: nso_teardown_view().
 */
static struct nso_teardown teardowns[NSO_TEARDOWN_MAX];
static atomic_t running = ATOMIC_INIT(0);

/* Returns the nth slot to try for current. */
static struct nso_teardown *nth_slot(unsigned int n)
{
	unsigned int home = hash_ptr(current, ilog2(NSO_TEARDOWN_MAX));

	return &teardowns[(home + n) % NSO_TEARDOWN_MAX];
}

static struct nso_teardown *claim_teardown(void)
{
	unsigned int n;

	for (n = 0; n < NSO_TEARDOWN_MAX; n++) {
		struct nso_teardown *teardown = nth_slot(n);

		if (!cmpxchg(&teardown->init, NULL, current)) {
			atomic_inc(&running);
			return teardown;
		}
	}
	return NULL;
}

static struct nso_teardown *teardown_of_current(void)
{
	unsigned int n;

	for (n = 0; n < NSO_TEARDOWN_MAX; n++) {
		struct nso_teardown *teardown = nth_slot(n);

		if (READ_ONCE(teardown->init) == current)
			return teardown;
	}
	return NULL;
}

static void free_teardown(struct nso_teardown *teardown)
{
	WRITE_ONCE(teardown->ns, NULL);
	/* Release: the next owner writes the members only after this. */
	smp_store_release(&teardown->init, NULL);
	atomic_dec(&running);
}

/*
 * Maximum number of pids that a probe looks at, with preemption disabled. Each
 * takes 180 instructions; to kill a process takes the kernel 2,900.
 */
#define MAX_PIDS_COUNTED	1024

/*
 * Returns how many processes are in ns and below it, init not counted, as
 * zap_pid_ns_processes() is about to walk over them.
 *
 * In a large namespace, the number of pids in use stands for that: it counts
 * threads, too, and pids that only name a process group or session. The kernel
 * keeps that number, but not one of processes.
 */
static u32 count_processes(struct pid_namespace *ns)
{
	/* The leader of init keeps its pid until its last thread is gone. */
	u32 own = thread_group_leader(current) ? 1 : 2;
	u32 in_use = (READ_ONCE(ns->pid_allocated) & ~PIDNS_ADDING) - own;
	unsigned long nr = 2;
	u32 looked, count = 0;
	struct pid *pid;

	if (in_use > MAX_PIDS_COUNTED)
		return in_use;
	rcu_read_lock();
	/*
	 * idr_for_each_entry() would call idr_get_next(), which has a probe.
	 * Processes may be forked meanwhile, so the walk has a bound of its
	 * own.
	 */
	for (looked = 0; looked < 2 * MAX_PIDS_COUNTED; looked++) {
		pid = idr_get_next_ul(&ns->idr, &nr);
		if (!pid)
			break;
		if (pid_task(pid, PIDTYPE_TGID))
			count++;
		nr++;
	}
	rcu_read_unlock();
	return count;
}

static void fill_parent(struct nso_process *parent, struct task_struct *task)
{
	rcu_read_lock();
	nso_process_fill_parent(parent, task);
	rcu_read_unlock();
}

bool nso_teardown_begin(struct pid_namespace *ns)
{
	struct nso_teardown *teardown = claim_teardown();
	struct nso_recorder_slot *slot;
	struct nso_cgroup cgroup;
	struct nso_event *event;
	u32 processes;

	if (!teardown)
		return false;
	teardown->killed = 0;
	teardown->target = NULL;
	WRITE_ONCE(teardown->begin_ns, ktime_get_boot_fast_ns());
	/* Release: nso_teardown_view() reads the members after ns. */
	smp_store_release(&teardown->ns, ns);

	/* Before the slot is reserved, as readers wait for a reserved slot. */
	processes = count_processes(ns);
	nso_cgroup_of_task(current, &cgroup);
	nso_container_teardown_begin(&cgroup, ns->ns.inum, teardown->begin_ns);
	if (!nso_recorder_reserve(&slot, NSORPHAN_EVENT_TYPE_TEARDOWN_BEGIN,
				  teardown->begin_ns))
		return true;
	event = &slot->event;
	nso_process_fill(&event->teardown_begin.init, current);
	fill_parent(&event->teardown_begin.init_parent, current);
	event->teardown_begin.init_status = nso_exit_status(current);
	event->teardown_begin.level = ns->level;
	event->teardown_begin.processes = processes;
	event->pidns = ns->ns.inum;
	event->cgroup = cgroup;
	nso_recorder_commit(slot);
	nso_recorder_wake();
	return true;
}

void nso_teardown_next(struct idr *idr, int nr)
{
	struct nso_teardown *teardown = teardown_of_current();
	unsigned long next = nr;
	struct pid *pid;

	if (!teardown || idr != &teardown->ns->idr)
		return;
	rcu_read_lock();
	pid = idr_get_next_ul(idr, &next);
	teardown->target = pid ? pid_task(pid, PIDTYPE_PID) : NULL;
	if (teardown->target)
		teardown->target_state = nso_task_state(teardown->target);
	rcu_read_unlock();
}

static void record_kill(struct nso_teardown *teardown, struct task_struct *task)
{
	struct nso_recorder_slot *slot;
	struct nso_event *event;

	if (!nso_recorder_reserve(&slot, NSORPHAN_EVENT_TYPE_TEARDOWN_KILL,
				  ktime_get_boot_fast_ns()))
		return;
	event = &slot->event;
	nso_process_fill(&event->teardown_kill.process, task);
	fill_parent(&event->teardown_kill.parent, task);
	/*
	 * SIGKILL has woken the task up by now, so its state was read before.
	 */
	event->teardown_kill.process_state =
		task == teardown->target ? teardown->target_state :
					   NSO_STATE_UNKNOWN;
	event->pidns = teardown->ns->ns.inum;
	nso_cgroup_of_task(task, &event->cgroup);
	nso_recorder_commit(slot);
	nso_recorder_wake();
}

bool nso_teardown_kill(struct task_struct *task, bool delivered)
{
	struct nso_teardown *teardown = teardown_of_current();

	if (!teardown)
		return false;
	/* 5.10 reports a delivery to a process that is dying already, too. */
	if (delivered && nso_alive_thread(task)) {
		teardown->killed++;
		record_kill(teardown, task);
	}
	return true;
}

static void record_end(const struct nso_teardown *teardown)
{
	u64 boot_ns = ktime_get_boot_fast_ns();
	struct nso_recorder_slot *slot;
	struct nso_cgroup cgroup;
	struct nso_event *event;

	nso_cgroup_of_task(current, &cgroup);
	nso_container_teardown_end(&cgroup, teardown->killed, boot_ns);
	if (!nso_recorder_reserve(&slot, NSORPHAN_EVENT_TYPE_TEARDOWN_END,
				  boot_ns))
		return;
	event = &slot->event;
	nso_process_fill(&event->teardown_end.init, current);
	event->teardown_end.duration_ns =
		nso_elapsed_ns(teardown->begin_ns, event->boot_ns);
	event->teardown_end.killed = teardown->killed;
	event->pidns = teardown->ns->ns.inum;
	event->cgroup = cgroup;
	nso_recorder_commit(slot);
	nso_recorder_wake();
}

void nso_teardown_end(void)
{
	struct nso_teardown *teardown = teardown_of_current();

	if (!teardown)
		return;
	record_end(teardown);
	free_teardown(teardown);
}

bool nso_teardown_view(unsigned int slot, struct nso_teardown_view *view)
{
	struct nso_teardown *teardown = &teardowns[slot];

	/*
	 * Acquire: the other members are of this teardown, or of a later one.
	 */
	view->ns = smp_load_acquire(&teardown->ns);
	if (!view->ns)
		return false;
	view->init = READ_ONCE(teardown->init);
	view->begin_ns = READ_ONCE(teardown->begin_ns);
	/*
	 * If they are of a later teardown, its task wrote them after it had
	 * found init NULL, which was stored after ns was cleared: then ns is
	 * not the same any more. A new namespace cannot have the same address
	 * while the caller is an RCU reader.
	 */
	smp_rmb();
	return READ_ONCE(teardown->ns) == view->ns;
}

u32 nso_teardown_running(void)
{
	return atomic_read(&running);
}
