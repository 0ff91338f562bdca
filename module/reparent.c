// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/ktime.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/user_namespace.h>

#include "container.h"
#include "dying-parent.h"
#include "event.h"
#include "exit-helpers.h"
#include "process.h"
#include "recorder-wake.h"
#include "recorder-writer.h"
#include "reparent.h"

enum nsorphan_task_state nso_reparent_child_state(struct task_struct *child)
{
	/* A zombie is reaped at once if the new parent ignores SIGCHLD. */
	if (child->exit_state == EXIT_DEAD)
		return NSORPHAN_TASK_STATE_ZOMBIE;
	return nso_task_state(child);
}

/* The same as cap_capable() in security/commoncap.c, without audit or locks. */
static bool may_kill_in(const struct cred *cred, struct user_namespace *ns)
{
	for (;;) {
		if (ns == cred->user_ns)
			return cap_raised(cred->cap_effective, CAP_KILL);
		if (ns->level <= cred->user_ns->level)
			return false;
		if (ns->parent == cred->user_ns &&
		    uid_eq(ns->owner, cred->euid))
			return true;
		ns = ns->parent;
	}
}

/*
 * The same as check_kill_permission() in kernel/signal.c, which the kernel asks
 * before it sends a pdeath_signal.
 */
static bool may_signal(struct task_struct *father, struct task_struct *thread,
		       int signal)
{
	const struct cred *cred, *tcred;
	struct pid *session;
	bool may;

	rcu_read_lock();
	cred = __task_cred(father);
	tcred = __task_cred(thread);
	may = same_thread_group(father, thread) ||
	      uid_eq(cred->euid, tcred->suid) ||
	      uid_eq(cred->euid, tcred->uid) ||
	      uid_eq(cred->uid, tcred->suid) ||
	      uid_eq(cred->uid, tcred->uid) ||
	      may_kill_in(cred, tcred->user_ns);
	session = task_session(thread);
	if (signal == SIGCONT && (!session || session == task_session(father)))
		may = true;
	rcu_read_unlock();
	return may;
}

static noinline int pdeath_signal_of_thread(struct task_struct *child,
					    struct task_struct *father)
{
	struct task_struct *thread;

	for_each_thread(child, thread)
		if (thread->pdeath_signal &&
		    may_signal(father, thread, thread->pdeath_signal))
			return thread->pdeath_signal;
	return 0;
}

/*
 * Returns the pdeath_signal that child is sent, or 0. Each thread may have
 * asked for a signal to its process; the event has one of them.
 */
static __always_inline int pdeath_signal(struct task_struct *child,
					 struct task_struct *father)
{
	if (likely(!child->pdeath_signal && get_nr_threads(child) == 1))
		return 0;
	return pdeath_signal_of_thread(child, father);
}

/* find_new_reaper() looks in the pid namespace of father, not of the child. */
static enum nsorphan_reaper reaper_kind(struct task_struct *father,
					struct task_struct *new_parent)
{
	struct pid_namespace *ns = task_active_pid_ns(father);

	if (!same_thread_group(ns->child_reaper, new_parent))
		return NSORPHAN_REAPER_SUBREAPER;
	return ns == &init_pid_ns ? NSORPHAN_REAPER_INIT :
				    NSORPHAN_REAPER_NS_INIT;
}

/* Takes what the events of all orphans of father share. */
static void begin(struct task_struct *father, struct task_struct *new_parent)
{
	struct nso_adoption *adoption = &nso_dying_parent.adoption;

	nso_dying_parent.adopted = true;
	nso_dying_parent.boot_ns = ktime_get_boot_fast_ns();
	nso_dying_parent.css_set = NULL;
	nso_dying_parent.orphans = 0;
	nso_process_fill_inline(&adoption->old_parent, father);
	nso_process_fill_inline(&adoption->new_parent, new_parent);
	adoption->old_parent_tid = task_pid_nr(father);
	adoption->old_parent_status = nso_exit_status(father);
	adoption->reaper = reaper_kind(father, new_parent);
}

/*
 * Returns the cgroup of child. Orphans of one parent are mostly in one cgroup.
 * A css_set is freed by RCU, so its address is not reused while preemption is
 * disabled.
 */
static __always_inline const struct nso_cgroup *
cgroup_of(struct task_struct *child)
{
	struct nso_dying_parent *dying = &nso_dying_parent;
	const struct css_set *cset = rcu_dereference_sched(child->cgroups);

	if (unlikely(cset != dying->css_set)) {
		if (!nso_cgroup_fits(cset, &dying->cgroup))
			nso_cgroup_of_css_set(cset, &dying->cgroup);
		dying->css_set = cset;
	}
	return &dying->cgroup;
}

static __always_inline void record(struct task_struct *child,
				   struct task_struct *father,
				   enum nsorphan_task_state state, u64 boot_ns)
{
	struct nso_recorder_slot *slot;
	struct nso_event *event;

	if (unlikely(!nso_recorder_reserve(&slot, NSORPHAN_EVENT_TYPE_REPARENT,
					   boot_ns)))
		return;
	event = &slot->event;
	event->reparent.adoption = nso_dying_parent.adoption;
	nso_process_fill_pids(&event->reparent.child, task_pid(child));
	nso_process_fill_names(&event->reparent.child, child);
	event->reparent.child_state = state;
	event->reparent.pdeath_signal = pdeath_signal(child, father);
	event->cgroup = *cgroup_of(child);
	nso_dying_parent.orphans++;
	nso_recorder_commit(slot);
}

void nso_reparent_child(struct task_struct *child,
			enum nsorphan_task_state state,
			struct task_struct *father,
			struct task_struct *new_parent)
{
	if (unlikely(!nso_dying_parent.adopted))
		begin(father, new_parent);
	/* There, tasklist_lock does not disable preemption: see cgroup_of(). */
	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		nso_dying_parent.css_set = NULL;
	record(child, father, state, nso_dying_parent.boot_ns);
}

void nso_reparent_end(void)
{
	/* The orphans of one parent are taken to be in one container. */
	nso_container_adopted(&nso_dying_parent.cgroup,
			      nso_dying_parent.orphans,
			      nso_dying_parent.boot_ns);
	nso_dying_parent.orphans = 0;
	nso_recorder_wake();
}

void nso_reparent_children(struct task_struct *father,
			   struct task_struct *new_parent)
{
	struct task_struct *child;
	u64 boot_ns;

	begin(father, new_parent);
	boot_ns = nso_dying_parent.boot_ns;
	list_for_each_entry(child, &father->children, sibling)
		/* reparent_leader() skips children that were reaped. */
		if (child->exit_state != EXIT_DEAD)
			record(child, father, nso_task_state(child), boot_ns);
	nso_reparent_end();
}
