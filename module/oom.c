// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/mm_types.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>

#include "compat.h"
#include "oom.h"

/**
 * struct nso_oom_kill - the call of __oom_kill_process() that runs
 * @killer: the task that made the call; NULL if there is none
 * @victim: signal_struct of the victim's process; compared, never dereferenced
 * @mm: memory of the victim; compared, never dereferenced
 *
 * The killer claims it with a cmpxchg, and only the killer uses it.
 */
struct nso_oom_kill {
	struct task_struct *killer;
	struct signal_struct *victim;
	struct mm_struct *mm;
};

static struct nso_oom_kill oom_kill;

/**
 * struct nso_oom_domain - what is out of memory
 * @killer: the task that is about to kill; compared, never dereferenced
 * @cgroup: id of the cgroup; 0: the machine
 * @limit: limit of the cgroup in bytes; U64_MAX: none
 *
 * oom_kill_process() looks for the cgroup before it kills, with oom_lock held. It
 * may kill many processes, with memory.oom.group.
 */
struct nso_oom_domain {
	struct task_struct *killer;
	u64 cgroup;
	u64 limit;
};

static struct nso_oom_domain oom_domain;

void nso_oom_set_domain(struct mem_cgroup *memcg)
{
	oom_domain.killer = current;
	oom_domain.cgroup = memcg ? nso_compat_memcg_cgroup(memcg) : 0;
	oom_domain.limit = memcg ? nso_compat_memcg_limit(memcg) : U64_MAX;
}

bool nso_oom_begin(struct task_struct *victim)
{
	if (cmpxchg(&oom_kill.killer, NULL, current))
		return false;
	oom_kill.victim = victim->signal;
	oom_kill.mm = NULL;
	return true;
}

void nso_oom_end(void)
{
	/* Release: the next killer writes the members only after this. */
	smp_store_release(&oom_kill.killer, NULL);
}

bool nso_oom_is_killer(void)
{
	return READ_ONCE(oom_kill.killer) == current && in_task();
}

/* The same as process_shares_mm() in mm/oom_kill.c. */
static bool shares_mm(struct task_struct *task, const struct mm_struct *mm)
{
	struct task_struct *thread;
	struct mm_struct *own;

	for_each_thread(task, thread) {
		own = READ_ONCE(thread->mm);
		if (own)
			return own == mm;
	}
	return false;
}

bool nso_oom_kills(struct task_struct *task)
{
	if (!nso_oom_is_killer())
		return false;
	if (task->signal != oom_kill.victim)
		return oom_kill.mm && shares_mm(task, oom_kill.mm);
	/* The first signal; the killer holds task_lock() of this thread. */
	oom_kill.mm = task->mm;
	return true;
}

u64 nso_oom_cgroup(void)
{
	return oom_domain.killer == current ? oom_domain.cgroup : 0;
}

u64 nso_oom_limit(void)
{
	return oom_domain.killer == current ? oom_domain.limit : U64_MAX;
}
