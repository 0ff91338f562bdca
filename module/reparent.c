// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/ktime.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/user_namespace.h>

#include "event.h"
#include "recorder.h"
#include "reparent.h"

enum nsorphan_task_state reparent_child_state(struct task_struct *child)
{
	/* The new parent ignores SIGCHLD, so the zombie was reaped at once. */
	if (child->exit_state == EXIT_DEAD)
		return NSORPHAN_TASK_STATE_ZOMBIE;
	return event_task_state(child);
}

/* cap_capable() in security/commoncap.c, which is not to be called here. */
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

/* check_kill_permission() in kernel/signal.c: the kernel asks it for this one. */
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

/* Each thread may have asked for a signal to its process; one is told. */
static __always_inline int pdeath_signal(struct task_struct *child,
					 struct task_struct *father)
{
	if (likely(!child->pdeath_signal && get_nr_threads(child) == 1))
		return 0;
	return pdeath_signal_of_thread(child, father);
}

/* find_new_reaper() looks in father's pid namespace, not in the child's. */
static enum nsorphan_reaper reaper_kind(struct task_struct *father,
					struct task_struct *new_parent)
{
	struct pid_namespace *ns = task_active_pid_ns(father);

	if (!same_thread_group(ns->child_reaper, new_parent))
		return NSORPHAN_REAPER_SUBREAPER;
	return ns == &init_pid_ns ? NSORPHAN_REAPER_INIT :
				    NSORPHAN_REAPER_NS_INIT;
}

/* The father in work; under tasklist_lock. */
static struct {
	struct task_struct *father;
	u64 start_ns;
	u64 boot_ns;
	struct orphaning orphaning;
} begun;

static void begin(struct task_struct *father, struct task_struct *new_parent)
{
	struct orphaning *orphaning = &begun.orphaning;

	begun.father = father;
	begun.start_ns = father->start_boottime;
	begun.boot_ns = ktime_get_boot_fast_ns();
	event_process_inline(&orphaning->old_parent, father);
	event_process_inline(&orphaning->new_parent, new_parent);
	orphaning->old_parent_tid = task_pid_nr(father);
	orphaning->old_parent_status = event_exit_status(father);
	orphaning->reaper = reaper_kind(father, new_parent);
}

/* Nobody else ever has both. */
static bool has_begun(const struct task_struct *father)
{
	return begun.father == father &&
	       begun.start_ns == father->start_boottime;
}

static __always_inline void record(struct task_struct *child,
				   enum nsorphan_task_state state, u64 boot_ns)
{
	struct recorder_slot *slot;
	struct event *event;

	if (unlikely(!recorder_reserve(&slot, NSORPHAN_EVENT_TYPE_REPARENT,
				       boot_ns)))
		return;
	event = &slot->event;
	event->reparent.orphaning = begun.orphaning;
	event_pids(&event->reparent.child, task_pid(child));
	event_names(&event->reparent.child, child);
	event->reparent.child_state = state;
	event->reparent.pdeath_signal = pdeath_signal(child, begun.father);
	event->cgroup = event_cgroup(child);
	recorder_commit(slot);
}

void reparent_child(struct task_struct *child, enum nsorphan_task_state state,
		    struct task_struct *father, struct task_struct *new_parent)
{
	if (unlikely(!has_begun(father)))
		begin(father, new_parent);
	record(child, state, begun.boot_ns);
}

void reparent_end(void)
{
	recorder_wake();
}

void reparent_children(struct task_struct *father,
		       struct task_struct *new_parent)
{
	struct task_struct *child;
	u64 boot_ns;

	begin(father, new_parent);
	boot_ns = begun.boot_ns;
	list_for_each_entry(child, &father->children, sibling)
		/* reparent_leader() passes the reaped ones over. */
		if (child->exit_state != EXIT_DEAD)
			record(child, event_task_state(child), boot_ns);
	reparent_end();
}
