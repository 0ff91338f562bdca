// SPDX-License-Identifier: GPL-2.0
/*
 * A teardown that began before the module was loaded is told by a namespace
 * without PIDNS_ADDING, which zap_pid_ns_processes() clears first, whose init has
 * not ended. The return of a call that runs already cannot be probed, but then
 * exit_notify() calls kill_orphaned_pgrp(leader, NULL). That is watched only while
 * there is such a teardown. Where it is no symbol, or a hit was missed, the worker
 * of stall.c sees that init has ended.
 */
#include <linux/irq_work.h>
#include <linux/kprobes.h>
#include <linux/mutex.h>
#include <linux/pid_namespace.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "canary.h"
#include "exit-helpers.h"
#include "late-teardown.h"
#include "process.h"
#include "teardown.h"

/**
 * struct late_teardown - a teardown that began before the module was loaded
 * @task: the thread that runs it, with a reference
 * @ns: the namespace, with a reference
 * @init: the process of @task
 * @cgroup: its cgroup
 * @status: its exit status, as wait(2) reports it
 * @has_ended: the references are about to be dropped
 */
struct late_teardown {
	struct task_struct *task;
	struct pid_namespace *ns;
	struct nso_process init;
	struct nso_cgroup cgroup;
	u16 status;
	bool has_ended;
};

/* Protects what follows. A probe looks at none of it. */
static DEFINE_MUTEX(lates_lock);
static struct late_teardown *lates;
static unsigned int nr_lates;
static bool watched;

static void work_on_ended(struct work_struct *work)
{
	nso_late_teardown_check();
}

static DECLARE_WORK(ended_work, work_on_ended);

static void note_ended(struct irq_work *work)
{
	schedule_work(&ended_work);
}

static struct irq_work ended_note;

/* Runs in the last thread of a process that ends, in exit_notify(). */
static int pgrp_entry(struct kprobe *probe, struct pt_regs *regs)
{
	if (regs_get_kernel_argument(regs, 1) || !nso_namespace_of_init(current) ||
	    !nso_teardown_is_late(current))
		return 0;
	nso_teardown_end();
	irq_work_queue(&ended_note);
	return 0;
}

NOKPROBE_SYMBOL(pgrp_entry);

static struct kprobe pgrp_probe;

static void watch(void)
{
	/* A kprobe can be registered again only if it is blank. */
	pgrp_probe = (struct kprobe) {
		.symbol_name = "kill_orphaned_pgrp",
		.pre_handler = pgrp_entry,
	};
	watched = !register_kprobe(&pgrp_probe);
}

static void unwatch(void)
{
	if (watched)
		unregister_kprobe(&pgrp_probe);
	watched = false;
}

/* Returns the thread of a process that has not ended: only the last one zaps. */
static struct task_struct *last_thread(struct task_struct *leader)
{
	struct task_struct *thread;

	for_each_thread(leader, thread)
		if (!READ_ONCE(thread->exit_state))
			return thread;
	return NULL;
}

static void take_over(struct task_struct *task, struct pid_namespace *ns)
{
	struct late_teardown *late = &lates[nr_lates];

	/* Slots that have become free meanwhile may be taken, too. */
	if (nr_lates == NSO_TEARDOWN_MAX) {
		nso_teardown_refuse();
		return;
	}
	if (!nso_teardown_take_over(task, ns))
		return;
	nr_lates++;
	/* Neither is freed while the caller is an RCU reader. */
	late->task = get_task_struct(task);
	late->ns = get_pid_ns(ns);
	preempt_disable();
	nso_process_fill(&late->init, task);
	nso_cgroup_of_task(task, &late->cgroup);
	preempt_enable();
	late->status = nso_exit_status(task);
}

/*
 * Looks for teardowns that are not known, and takes them over, if there is an
 * array for them. Returns how many there are. Sets *undecided if an init is in its
 * exit that may be about to begin one.
 */
static unsigned int find(bool *undecided)
{
	struct task_struct *leader, *task;
	struct pid_namespace *ns;
	unsigned int count = 0;

	*undecided = false;
	rcu_read_lock();
	for_each_process(leader) {
		ns = nso_namespace_of_init(leader);
		task = ns ? last_thread(leader) : NULL;
		if (!task || !(READ_ONCE(task->flags) & PF_EXITING) ||
		    nso_teardown_is_known(task))
			continue;
		if (READ_ONCE(ns->pid_allocated) & PIDNS_ADDING) {
			*undecided = true;
			continue;
		}
		count++;
		if (lates)
			take_over(task, ns);
	}
	rcu_read_unlock();
	return count;
}

void nso_late_teardown_init(void)
{
	unsigned int count;
	bool undecided;

	init_irq_work(&ended_note, note_ended);
	count = find(&undecided);
	if (undecided) {
		/*
		 * It may have entered the function before the probe was
		 * attached: it does not sleep before it clears the flag.
		 */
		synchronize_rcu();
		count = find(&undecided);
	}
	if (!count)
		return;
	mutex_lock(&lates_lock);
	watch();
	lates = kcalloc(NSO_TEARDOWN_MAX, sizeof(*lates), GFP_KERNEL);
	if (lates)
		find(&undecided);
	else
		while (count--)
			nso_teardown_refuse();
	mutex_unlock(&lates_lock);
	/* exit_notify() is not preempted, or is an RCU reader. */
	synchronize_rcu();
	/* Those that came to their end just before they were taken over. */
	nso_late_teardown_check();
}

/* Drops the references to those that have ended. */
static void drop_ended(void)
{
	unsigned int i, left = 0, ended = 0;

	for (i = 0; i < nr_lates; i++) {
		lates[i].has_ended = !nso_teardown_is_known(lates[i].task);
		ended += lates[i].has_ended;
	}
	if (ended)
		/* For those who look at them: see nso_teardown_view(). */
		synchronize_rcu();
	for (i = 0; i < nr_lates; i++) {
		if (!lates[i].has_ended) {
			lates[left++] = lates[i];
			continue;
		}
		put_task_struct(lates[i].task);
		put_pid_ns(lates[i].ns);
	}
	nr_lates = left;
	if (nr_lates)
		return;
	/* Otherwise the probe, which does nothing any more, stays until the end. */
	if (!nso_canary_is_blind())
		unwatch();
	kfree(lates);
	lates = NULL;
}

void nso_late_teardown_check(void)
{
	unsigned int i;

	mutex_lock(&lates_lock);
	for (i = 0; i < nr_lates; i++)
		if (READ_ONCE(lates[i].task->exit_state))
			nso_teardown_end_unseen(lates[i].task, &lates[i].init,
						&lates[i].cgroup,
						lates[i].status);
	drop_ended();
	mutex_unlock(&lates_lock);
}

void nso_late_teardown_exit(void)
{
	unsigned int i;

	mutex_lock(&lates_lock);
	unwatch();
	mutex_unlock(&lates_lock);
	irq_work_sync(&ended_note);
	cancel_work_sync(&ended_work);
	mutex_lock(&lates_lock);
	for (i = 0; i < nr_lates; i++)
		nso_teardown_forget(lates[i].task);
	drop_ended();
	mutex_unlock(&lates_lock);
}
