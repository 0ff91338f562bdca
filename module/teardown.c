// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/hash.h>
#include <linux/ktime.h>
#include <linux/log2.h>
#include <linux/preempt.h>
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
 * @before_load: it began before the module was loaded: @begin_ns is when it was
 *	found, and what it killed is not known
 * @killed: number of kill events
 * @target: the task that is sent SIGKILL next, if that is known; only compared
 * @target_state: state of @target before that, which wakes it up
 */
struct nso_teardown {
	struct task_struct *init;
	struct pid_namespace *ns;
	u64 begin_ns;
	bool before_load;
	u32 killed;
	struct task_struct *target;
	enum nsorphan_task_state target_state;
};

/*
 * The teardowns that run, hashed by init. A slot is claimed with a cmpxchg and
 * then belongs to that task alone, so nothing here needs a lock. Other tasks
 * may look at init, ns, begin_ns and before_load while ns is set:
 * nso_teardown_view(). Whoever clears ns ends the teardown: another task may do
 * that only for one that began before the module was loaded.
 */
static struct nso_teardown teardowns[NSO_TEARDOWN_MAX];
static atomic_t running = ATOMIC_INIT(0);
static atomic64_t refused;

void nso_teardown_refuse(void)
{
	atomic64_inc(&refused);
	/* No event tells of it, so have the count announced. */
	nso_recorder_wake();
}

u64 nso_teardown_refused(void)
{
	return atomic64_read(&refused);
}

/* Returns the nth slot to try for init. */
static struct nso_teardown *nth_slot(struct task_struct *init, unsigned int n)
{
	unsigned int home = hash_ptr(init, ilog2(NSO_TEARDOWN_MAX));

	return &teardowns[(home + n) % NSO_TEARDOWN_MAX];
}

static struct nso_teardown *claim_teardown(struct task_struct *init)
{
	unsigned int n;

	for (n = 0; n < NSO_TEARDOWN_MAX; n++) {
		struct nso_teardown *teardown = nth_slot(init, n);

		if (!cmpxchg(&teardown->init, NULL, init)) {
			atomic_inc(&running);
			return teardown;
		}
	}
	nso_teardown_refuse();
	return NULL;
}

static struct nso_teardown *teardown_of(struct task_struct *init)
{
	unsigned int n;

	for (n = 0; n < NSO_TEARDOWN_MAX; n++) {
		struct nso_teardown *teardown = nth_slot(init, n);

		if (READ_ONCE(teardown->init) == init)
			return teardown;
	}
	return NULL;
}

/* Shows a claimed slot to others, with what is set in it. */
static void publish(struct nso_teardown *teardown, struct pid_namespace *ns,
		    bool before_load)
{
	teardown->killed = 0;
	teardown->target = NULL;
	WRITE_ONCE(teardown->before_load, before_load);
	WRITE_ONCE(teardown->begin_ns, ktime_get_boot_fast_ns());
	/* Release: nso_teardown_view() reads the members after ns. */
	smp_store_release(&teardown->ns, ns);
}

static void free_teardown(struct nso_teardown *teardown)
{
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
	/* Processes may be forked meanwhile, so the walk has a bound of its own. */
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

/*
 * Maximum number of pids looked at for the next target: those of the threads of a
 * process that has just been sent SIGKILL are among them.
 */
#define MAX_PIDS_AHEAD	256

/*
 * Finds the process that zap_pid_ns_processes() sends SIGKILL next, by its own rule,
 * from pid number nr on. Where it comes to another one nevertheless, the state of that
 * is not known.
 */
static void look_ahead(struct nso_teardown *teardown, unsigned long nr)
{
	unsigned int looked;

	teardown->target = NULL;
	rcu_read_lock();
	for (looked = 0; looked < MAX_PIDS_AHEAD; looked++) {
		struct pid *pid = idr_get_next_ul(&teardown->ns->idr, &nr);
		struct task_struct *task;

		if (!pid)
			break;
		task = pid_task(pid, PIDTYPE_PID);
		if (task && !__fatal_signal_pending(task)) {
			teardown->target_state = nso_task_state(task);
			teardown->target = task;
			break;
		}
		nr++;
	}
	rcu_read_unlock();
}

static void fill_parent(struct nso_process *parent, struct task_struct *task)
{
	rcu_read_lock();
	nso_process_fill_parent(parent, task);
	rcu_read_unlock();
}

bool nso_teardown_begin(struct pid_namespace *ns)
{
	struct nso_teardown *teardown = claim_teardown(current);
	struct nso_recorder_slot *slot;
	struct nso_cgroup cgroup;
	struct nso_event *event;
	u32 processes;

	if (!teardown)
		return false;
	publish(teardown, ns, false);

	look_ahead(teardown, 2);
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

static void record_kill(struct nso_teardown *teardown, struct task_struct *task)
{
	u64 boot_ns = ktime_get_boot_fast_ns();
	struct nso_recorder_slot *slot;
	struct nso_cgroup cgroup;
	struct nso_event *event;

	nso_cgroup_of_task(task, &cgroup);
	/* Containers may share the namespace: task may be main of another one. */
	nso_container_signalled(task, &cgroup, NULL, SIGKILL,
				NSORPHAN_SIGNAL_RESULT_DELIVERED,
				NSORPHAN_SIGNAL_CAUSE_TEARDOWN, boot_ns);
	if (!nso_recorder_reserve(&slot, NSORPHAN_EVENT_TYPE_TEARDOWN_KILL,
				  boot_ns))
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
	event->cgroup = cgroup;
	nso_recorder_commit(slot);
	nso_recorder_wake();
}

bool nso_teardown_kill(struct task_struct *task, bool delivered)
{
	struct nso_teardown *teardown = teardown_of(current);
	unsigned long nr;

	if (!teardown)
		return false;
	nr = task_pid_nr_ns(task, teardown->ns);
	/* 5.10 reports a delivery to a process that is dying already, too. */
	if (delivered && nso_alive_thread(task)) {
		teardown->killed++;
		record_kill(teardown, task);
	}
	if (nr)
		look_ahead(teardown, nr + 1);
	return true;
}

static void record_end(const struct nso_teardown *teardown,
		       struct pid_namespace *ns, const struct nso_process *init,
		       const struct nso_cgroup *cgroup, u64 boot_ns)
{
	struct nso_recorder_slot *slot;
	struct nso_event *event;

	if (!nso_recorder_reserve(&slot, NSORPHAN_EVENT_TYPE_TEARDOWN_END,
				  boot_ns))
		return;
	event = &slot->event;
	event->teardown_end.init = *init;
	event->teardown_end.duration_ns =
		nso_elapsed_ns(teardown->begin_ns, event->boot_ns);
	event->teardown_end.killed = teardown->killed;
	event->teardown_end.before_load = teardown->before_load;
	event->pidns = ns->ns.inum;
	event->cgroup = *cgroup;
	nso_recorder_commit(slot);
	nso_recorder_wake();
}

/* Returns the namespace if nobody else has ended the teardown: then caller does. */
static struct pid_namespace *unpublish(struct nso_teardown *teardown)
{
	return teardown ? xchg(&teardown->ns, NULL) : NULL;
}

void nso_teardown_end(void)
{
	struct nso_teardown *teardown = teardown_of(current);
	struct pid_namespace *ns = unpublish(teardown);
	u64 boot_ns = ktime_get_boot_fast_ns();
	struct nso_process init;
	struct nso_cgroup cgroup;

	if (!ns)
		return;
	nso_process_fill(&init, current);
	nso_cgroup_of_task(current, &cgroup);
	if (teardown->before_load)
		nso_container_late_end(&cgroup, &init, nso_exit_status(current),
				       boot_ns);
	else
		nso_container_teardown_end(&cgroup, teardown->killed, boot_ns);
	record_end(teardown, ns, &init, &cgroup, boot_ns);
	free_teardown(teardown);
}

void nso_teardown_end_unseen(struct task_struct *task,
			     const struct nso_process *init,
			     const struct nso_cgroup *cgroup, u16 status)
{
	struct nso_teardown *teardown = teardown_of(task);
	struct pid_namespace *ns = unpublish(teardown);
	u64 boot_ns = ktime_get_boot_fast_ns();

	if (!ns)
		return;
	preempt_disable();
	nso_container_late_end(cgroup, init, status, boot_ns);
	record_end(teardown, ns, init, cgroup, boot_ns);
	preempt_enable();
	free_teardown(teardown);
}

void nso_teardown_forget(struct task_struct *init)
{
	struct nso_teardown *teardown = teardown_of(init);

	if (unpublish(teardown))
		free_teardown(teardown);
}

bool nso_teardown_take_over(struct task_struct *init, struct pid_namespace *ns)
{
	struct nso_teardown *teardown = claim_teardown(init);

	if (teardown)
		publish(teardown, ns, true);
	return teardown;
}

bool nso_teardown_is_known(struct task_struct *init)
{
	return teardown_of(init);
}

bool nso_teardown_is_late(struct task_struct *init)
{
	const struct nso_teardown *teardown = teardown_of(init);

	return teardown && READ_ONCE(teardown->before_load);
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
	view->before_load = READ_ONCE(teardown->before_load);
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
