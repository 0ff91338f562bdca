// SPDX-License-Identifier: GPL-2.0
/*
 * The ledger is an array of lives. The current life of a container is found by
 * the cgroup table, which has the index of it beside the container's cgroup. A
 * new life takes a free slot, or that of the life that ended first; one that
 * is not over, with its teardown, is never replaced.
 *
 * Writers, which are probes, take no lock:
 *  - Whoever begins a life claims its slot with a cmpxchg of the key to BUSY, has
 *    the cgroup table point to it, fills it, and stores the key. Of two who begin
 *    a life of one container only one can change what the table points to.
 *  - Everybody else who writes to a life holds it (`writers`) and checks its key
 *    after that. A slot is claimed, and after that its writers are counted: if
 *    there are any, the slot is given back. Both sides have full barriers, so
 *    either the writer sees BUSY, or the claimer sees the writer.
 *  - Signals to one process are sent one after another, under its siglock. Main
 *    ends once, and it runs its teardown itself. So no two writers write to the
 *    same members, but for `adoptions`, which is atomic.
 *
 * A reader copies a life and checks that key and `signals_seq` are the same as
 * before.
 */
#include <linux/atomic.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "container.h"
#include "exit-helpers.h"
#include "oom.h"
#include "process.h"
#include "recorder-wake.h"

/* Key of a slot that is being filled. */
#define BUSY	U64_MAX

/* Index of a container that has no life; index 1 is the first slot. */
#define NO_LIFE	U32_MAX

/* How often a writer looks whether another one has finished. */
#define WRITER_TRIES	100

/* How often a reader tries to copy a life that is being written to. */
#define READ_TRIES	100

/**
 * struct nso_life - a slot of the ledger
 * @key: key of the container; 0 if the slot is free, or BUSY
 * @writers: writers that are at work
 * @execed: main has executed a program inside
 * @ended: main has ended; 1 while its end is being written, then 2
 * @signals_seq: odd while @container.signals are written; rises with each change
 *	of these, and with each new main
 * @adoptions: see struct nso_container
 * @orphaned_ns: when the last of these was, since boot
 * @container: what is handed out, but for @key and @adoptions
 */
struct nso_life {
	u64 key;
	atomic_t writers;
	bool execed;
	atomic_t ended;
	u32 signals_seq;
	atomic_t adoptions;
	u64 orphaned_ns;
	struct nso_container container;
};

enum { LIVES, ENDING, ENDED };

static struct nso_life *lives;
static u32 nr_lives;
static atomic64_t refused;

static bool has_ended(const struct nso_life *life)
{
	/* Acquire: the end, and what came before. */
	return atomic_read_acquire(&life->ended) == ENDED;
}

/* Tells whether a life is over, so that its slot may be claimed. */
static bool is_over(const struct nso_life *life)
{
	return has_ended(life) &&
	       (!READ_ONCE(life->container.teardown_begin_ns) ||
		READ_ONCE(life->container.teardown_end_ns));
}

/* Tells whether process is that of task. */
static bool is_process(const struct nso_process *process,
		       struct task_struct *task)
{
	struct task_struct *leader = READ_ONCE(task->group_leader);

	return process->pid == (u32)task_tgid_nr(task) &&
	       process->start_ns == leader->start_boottime;
}

/* Holds a life, if it is of that container. release() follows on success. */
static bool hold(struct nso_life *life, u64 key)
{
	atomic_inc(&life->writers);
	/* See the head of the file. */
	smp_mb__after_atomic();
	if (READ_ONCE(life->key) == key)
		return true;
	atomic_dec(&life->writers);
	return false;
}

static void release(struct nso_life *life)
{
	/* What was written, before a claimer sees that it is over. */
	smp_mb__before_atomic();
	atomic_dec(&life->writers);
}

static u32 index_of(const struct nso_life *life)
{
	return life - lives + 1;
}

/* Returns the index of the newest life of a container, or NO_LIFE. */
static noinline u32 search_life(u64 key)
{
	u32 found = NO_LIFE, i;
	u64 newest = 0, begin;

	for (i = 0; i < nr_lives; i++) {
		if (READ_ONCE(lives[i].key) != key)
			continue;
		begin = READ_ONCE(lives[i].container.begin_ns);
		if (found != NO_LIFE && begin < newest)
			continue;
		newest = begin;
		found = index_of(&lives[i]);
	}
	return found;
}

/*
 * Returns the index of the current life of a container, or NO_LIFE. The cgroup
 * table may have replaced the cgroup of the container since, and lost it.
 */
static u32 current_index(u64 key)
{
	u32 index = nso_cgroup_life(key);

	if (unlikely(index == NSO_LIFE_UNKNOWN)) {
		index = search_life(key);
		nso_cgroup_change_life(key, NSO_LIFE_UNKNOWN, index);
	}
	return index;
}

/*
 * Returns the current life of a container, held, or NULL if there is none. Sets
 * *index for begin_life(). Waits shortly for one who is about to fill it.
 */
static struct nso_life *hold_life_at(u64 key, u32 *index)
{
	struct nso_life *life;
	int tries;

	for (tries = 0; tries < WRITER_TRIES; tries++) {
		*index = current_index(key);
		if (*index == NO_LIFE)
			return NULL;
		life = &lives[*index - 1];
		if (hold(life, key))
			return life;
		/* The slot has the life of another container by now. */
		if (READ_ONCE(life->key) != BUSY)
			return NULL;
		cpu_relax();
	}
	/* It is still being filled: begin_life() must not begin another one. */
	*index = NO_LIFE;
	return NULL;
}

static struct nso_life *hold_life(u64 key)
{
	u32 index;

	return hold_life_at(key, &index);
}

/* Returns a slot that may be claimed, with its key in *old, or NULL. */
static struct nso_life *choose_slot(u64 *old)
{
	struct nso_life *chosen = NULL;
	u64 first = U64_MAX;
	u32 i;

	for (i = 0; i < nr_lives; i++) {
		struct nso_life *life = &lives[i];
		u64 key = READ_ONCE(life->key);

		if (!key) {
			*old = 0;
			return life;
		}
		if (key == BUSY || !is_over(life) ||
		    READ_ONCE(life->container.end_ns) >= first)
			continue;
		first = life->container.end_ns;
		chosen = life;
		*old = key;
	}
	return chosen;
}

/* Claims a slot, which nobody writes to then; its key was *old. */
static struct nso_life *claim_slot(u64 *old)
{
	struct nso_life *life;
	int tries = 3;

	while (tries--) {
		life = choose_slot(old);
		if (!life)
			return NULL;
		if (cmpxchg(&life->key, *old, BUSY) != *old)
			continue;
		if (!*old || (!atomic_read(&life->writers) && is_over(life)))
			return life;
		/* Release: nothing was written meanwhile. */
		smp_store_release(&life->key, *old);
	}
	return NULL;
}

static bool is_ns_init(struct task_struct *task)
{
	return nso_namespace_of_init(task);
}

/* Fills a claimed slot: a life begins. task is its main process. */
static void begin(struct nso_life *life, u64 key, struct task_struct *task,
		  u64 begin_ns, bool execed)
{
	struct nso_container *container = &life->container;

	/* Another number than before: the same key may have another main. */
	WRITE_ONCE(life->signals_seq, life->signals_seq + 2);
	/* That number, before the other members. */
	smp_wmb();
	memset(container, 0, sizeof(*container));
	nso_cgroup_path(key, container->path, sizeof(container->path));
	nso_process_fill(&container->main, task);
	container->begin_ns = begin_ns;
	if (is_ns_init(task))
		container->pidns = container->main.pidns;
	atomic_set(&life->adoptions, 0);
	WRITE_ONCE(life->orphaned_ns, 0);
	WRITE_ONCE(life->execed, execed);
	atomic_set(&life->ended, LIVES);
	/* Release: whoever sees the key sees the other members. */
	smp_store_release(&life->key, key);
}

/*
 * Begins a life of a container whose last one, or NO_LIFE, is at index: see
 * hold_life_at(). Returns false if another writer has begun one meanwhile.
 */
static bool begin_life(u64 key, u32 index, struct task_struct *task,
		       u64 begin_ns, bool execed)
{
	u64 old;
	struct nso_life *life = claim_slot(&old);

	if (!life) {
		atomic64_inc(&refused);
		/* No event tells of it, so have the count announced. */
		nso_recorder_wake();
		return true;
	}
	if (!nso_cgroup_change_life(key, index, index_of(life))) {
		/* Release: nothing was written meanwhile. */
		smp_store_release(&life->key, old);
		return false;
	}
	begin(life, key, task, begin_ns, execed);
	return true;
}

/* Tells whether the parent of the process of task is outside the container. */
static bool came_from_outside(struct task_struct *task, u64 key)
{
	struct nso_cgroup cgroup;
	struct task_struct *parent;

	rcu_read_lock();
	parent = rcu_dereference(task->group_leader->real_parent);
	nso_cgroup_of_task(parent, &cgroup);
	rcu_read_unlock();
	return cgroup.container != key;
}

/*
 * Tells whether task may be main: it came from outside, or is the init of a
 * namespace that a process made which did. That one may be in its exit by now,
 * where it has ended for the ledger, and is still the parent.
 */
static bool may_be_main(struct task_struct *task, u64 key)
{
	struct task_struct *parent;
	bool may;

	if (came_from_outside(task, key))
		return true;
	if (!is_ns_init(task))
		return false;
	rcu_read_lock();
	parent = rcu_dereference(task->group_leader->real_parent);
	may = came_from_outside(parent, key);
	rcu_read_unlock();
	return may;
}

/*
 * Tells whether task is the init of the container's own namespace, and main is
 * the engine's process that made it: systemd-nspawn is in the cgroup itself.
 */
static bool is_init_made_by(struct task_struct *task,
			    const struct nso_container *container)
{
	struct task_struct *parent;
	bool is;

	if (!is_ns_init(task) || container->pidns)
		return false;
	rcu_read_lock();
	parent = rcu_dereference(task->group_leader->real_parent);
	is = is_process(&container->main, parent) ||
	     is_process(&container->main, rcu_dereference(parent->real_parent));
	rcu_read_unlock();
	return is;
}

/*
 * Makes task main of a life, held by the caller, that began with another
 * process. If another writer does not finish soon, the life keeps its main.
 */
static void replace_main(struct nso_life *life, u64 key,
			 struct task_struct *task, bool execed)
{
	int tries;

	if (cmpxchg(&life->key, key, BUSY) != key)
		return;
	for (tries = 0; tries < WRITER_TRIES; tries++) {
		if (atomic_read(&life->writers) == 1) {
			begin(life, key, task, life->container.begin_ns,
			      execed);
			return;
		}
		cpu_relax();
	}
	/* Release: nothing was written meanwhile. */
	smp_store_release(&life->key, key);
}

/*
 * Tells whether task was started after main had ended, which begins another life. But
 * what was left behind goes on, too: where a process inside has lost its parent since,
 * it may be task, unless that is an init.
 */
static bool is_newer(struct task_struct *task, const struct nso_life *life)
{
	u64 start_ns = READ_ONCE(task->group_leader)->start_boottime;

	return start_ns > READ_ONCE(life->container.end_ns) &&
	       (start_ns > READ_ONCE(life->orphaned_ns) || is_ns_init(task));
}

/*
 * Tells whether task takes over from main, which has ended: that was a step of
 * the engine's. runc's executes itself once more, perhaps inside already. But an
 * orphan that lost its parent inside is never main.
 */
static bool takes_over(struct task_struct *task, struct nso_life *life)
{
	return !life->execed || is_ns_init(task) ||
	       !atomic_read(&life->adoptions);
}

/*
 * A process of the container has executed a program. Returns false if another
 * writer has begun a life meanwhile, for which this is to be looked at again.
 */
static bool note_exec(struct task_struct *task, u64 key)
{
	u32 index;
	struct nso_life *life = hold_life_at(key, &index);

	if (!life)
		return !may_be_main(task, key) ||
		       begin_life(key, index, task, ktime_get_boot_fast_ns(),
				  true);
	if (is_process(&life->container.main, task)) {
		WRITE_ONCE(life->execed, true);
	} else if (!has_ended(life)) {
		if (is_init_made_by(task, &life->container))
			replace_main(life, key, task, true);
	} else if (may_be_main(task, key)) {
		if (life->execed && is_newer(task, life)) {
			release(life);
			return begin_life(key, index, task,
					  ktime_get_boot_fast_ns(), true);
		}
		if (takes_over(task, life))
			replace_main(life, key, task, true);
	}
	release(life);
	return true;
}

void nso_container_execed(struct task_struct *task)
{
	struct nso_cgroup cgroup;
	int tries = WRITER_TRIES;
	u64 key;

	nso_cgroup_of_task(task, &cgroup);
	key = cgroup.container;
	if (likely(!key || key == NSO_CONTAINER_UNRESOLVED))
		return;
	while (tries-- && !note_exec(task, key))
		cpu_relax();
}

/*
 * Tells whether task is an init whose life is to begin though it has executed no
 * program, and life is not its own: one that a step of the engine's made, or of
 * which the engine has started the container again.
 */
static bool is_unstarted_init(struct task_struct *task, u64 key,
			      const struct nso_life *life)
{
	return has_ended(life) && is_ns_init(task) &&
	       (!life->container.pidns || is_newer(task, life)) &&
	       came_from_outside(task, key);
}

/*
 * Tells whether task, which ends, is no more than a step of the engine's, which
 * has done its part for main, if it has executed no program inside.
 */
static bool may_be_step(struct task_struct *task)
{
	return !nso_exit_status(task) && !is_ns_init(task);
}

/*
 * Returns the life of which task is main, held, or NULL. If there is none of an
 * init, or of a process that came from outside to a container without a life, one
 * begins here: task has executed no program inside. But none begins with a step that
 * exits.
 */
static struct nso_life *hold_life_of(struct task_struct *task,
				     const struct nso_cgroup *cgroup,
				     bool exits)
{
	u64 key = cgroup->container;
	struct nso_life *life;
	bool begins;
	u32 index;

	if (likely(!key || key == NSO_CONTAINER_UNRESOLVED))
		return NULL;
	life = hold_life_at(key, &index);
	if (life) {
		begins = is_unstarted_init(task, key, life);
		if (begins && !is_newer(task, life)) {
			replace_main(life, key, task, false);
			begins = false;
		}
	} else {
		begins = !(exits && may_be_step(task)) &&
			 came_from_outside(task, key);
	}
	if (begins) {
		if (life)
			release(life);
		begin_life(key, index, task, ktime_get_boot_fast_ns(), false);
		/* This one, or that of another writer. */
		life = hold_life(key);
	}
	if (!life || is_process(&life->container.main, task))
		return life;
	release(life);
	return NULL;
}

/* Notes the end of main in its life, which is held. */
static void note_end(struct nso_life *life, u16 status)
{
	/* Two threads may both be the last one. */
	if (atomic_cmpxchg(&life->ended, LIVES, ENDING) != LIVES)
		return;
	life->container.status = status;
	WRITE_ONCE(life->container.end_ns, ktime_get_boot_fast_ns());
	atomic_set_release(&life->ended, ENDED);
}

void nso_container_exited(struct task_struct *task)
{
	struct nso_cgroup cgroup;
	struct nso_life *life;

	nso_cgroup_of_task(task, &cgroup);
	life = hold_life_of(task, &cgroup, true);
	if (!life)
		return;
	note_end(life, nso_exit_status(task));
	release(life);
}

static bool is_same(const struct nso_container_signal *old,
		    struct task_struct *sender, int signal, u8 cause)
{
	if (old->signal != signal || old->has_sender != !!sender ||
	    old->cause != cause)
		return false;
	return !sender || is_process(&old->sender, sender);
}

static void fill_signal(struct nso_container_signal *entry,
			struct task_struct *sender, int signal, u8 cause,
			u64 boot_ns)
{
	struct nso_cgroup cgroup;

	memset(entry, 0, sizeof(*entry));
	entry->signal = signal;
	entry->cause = cause;
	entry->first_ns = boot_ns;
	entry->has_sender = sender;
	if (cause == NSORPHAN_SIGNAL_CAUSE_OOM) {
		entry->oom_cgroup = nso_oom_cgroup();
		entry->oom_limit = nso_oom_limit();
	}
	if (!sender)
		return;
	nso_process_fill(&entry->sender, sender);
	rcu_read_lock();
	nso_process_fill_parent(&entry->sender_parent, sender);
	rcu_read_unlock();
	nso_cgroup_of_task(sender, &cgroup);
	nso_cgroup_path(cgroup.key, entry->sender_cgroup,
			sizeof(entry->sender_cgroup));
}

/* Returns the entry for a signal: the last one, if it is the same, or a new. */
static struct nso_container_signal *
entry_for(struct nso_container *container, struct task_struct *sender,
	  int signal, u8 cause, u64 boot_ns)
{
	struct nso_container_signal *signals = container->signals;
	u32 n = container->nr_signals;

	if (n && is_same(&signals[n - 1], sender, signal, cause))
		return &signals[n - 1];
	if (n == NSO_CONTAINER_SIGNALS) {
		n--;
		memmove(signals, signals + 1, n * sizeof(*signals));
	}
	fill_signal(&signals[n], sender, signal, cause, boot_ns);
	container->nr_signals = n + 1;
	return &signals[n];
}

/* Tells whether a signal came from outside of the container. */
static bool is_from_outside(struct task_struct *sender, int signal, u8 cause,
			    u64 key)
{
	struct nso_cgroup cgroup;

	/* The kernel's other signals answer what the process did itself. */
	if (!sender)
		return signal == SIGKILL ||
		       cause == NSORPHAN_SIGNAL_CAUSE_PDEATH ||
		       (cause == NSORPHAN_SIGNAL_CAUSE_TTY &&
			signal != SIGWINCH);
	nso_cgroup_of_task(sender, &cgroup);
	return cgroup.container != key;
}

void nso_container_signalled(struct task_struct *task,
			     const struct nso_cgroup *cgroup,
			     struct task_struct *sender, int signal,
			     enum nsorphan_signal_result result, u8 cause,
			     u64 boot_ns)
{
	struct nso_container_signal *entry;
	struct nso_life *life;

	if (!is_from_outside(sender, signal, cause, cgroup->container))
		return;
	life = hold_life_of(task, cgroup, false);
	if (!life)
		return;
	WRITE_ONCE(life->signals_seq, life->signals_seq + 1);
	/* An odd number, before the signals. */
	smp_wmb();
	entry = entry_for(&life->container, sender, signal, cause, boot_ns);
	entry->last_ns = boot_ns;
	entry->result = result;
	entry->count++;
	/* The signals, before an even number. */
	smp_wmb();
	WRITE_ONCE(life->signals_seq, life->signals_seq + 1);
	release(life);
}

void nso_container_add_orphans(const struct nso_cgroup *cgroup, u32 orphans,
			       u64 boot_ns)
{
	struct nso_cgroup parent;
	struct nso_life *life;

	if (cgroup->container == NSO_CONTAINER_UNRESOLVED)
		return;
	/* What the engine leaves there is no orphan of the container's. */
	nso_cgroup_of_task(current, &parent);
	if (parent.container != cgroup->container)
		return;
	life = hold_life(cgroup->container);
	if (!life)
		return;
	atomic_add(orphans, &life->adoptions);
	WRITE_ONCE(life->orphaned_ns, boot_ns);
	release(life);
}

void nso_container_teardown_begin(const struct nso_cgroup *cgroup, u32 pidns,
				  u64 boot_ns)
{
	struct nso_life *life = hold_life_of(current, cgroup, false);

	if (!life)
		return;
	WRITE_ONCE(life->container.pidns, pidns);
	WRITE_ONCE(life->container.teardown_begin_ns, boot_ns);
	release(life);
}

void nso_container_teardown_end(const struct nso_cgroup *cgroup, u32 killed,
				u64 boot_ns)
{
	struct nso_life *life = hold_life_of(current, cgroup, false);

	if (!life)
		return;
	WRITE_ONCE(life->container.killed, killed);
	WRITE_ONCE(life->container.teardown_end_ns, boot_ns);
	release(life);
}

void nso_container_late_end(const struct nso_cgroup *cgroup,
			    const struct nso_process *init, u16 status,
			    u64 boot_ns)
{
	struct nso_life *life;

	if (!cgroup->container || cgroup->container == NSO_CONTAINER_UNRESOLVED)
		return;
	life = hold_life(cgroup->container);
	if (!life)
		return;
	if (life->container.main.pid == init->pid &&
	    life->container.main.start_ns == init->start_ns) {
		note_end(life, status);
		WRITE_ONCE(life->container.teardown_end_ns, boot_ns);
	}
	release(life);
}

/* Begins the life of a container that lived before the module was loaded. */
static void note_living(struct task_struct *leader, bool inits)
{
	struct nso_cgroup cgroup;
	struct nso_life *life;
	u32 index;
	u64 key;

	if (leader->flags & PF_KTHREAD || leader->exit_state ||
	    is_ns_init(leader) != inits)
		return;
	nso_cgroup_of_task(leader, &cgroup);
	key = cgroup.container;
	if (!key || key == NSO_CONTAINER_UNRESOLVED ||
	    !may_be_main(leader, key))
		return;
	life = hold_life_at(key, &index);
	if (life)
		release(life);
	else
		begin_life(key, index, leader, leader->start_boottime, true);
}

/*
 * The list of all processes is in the order in which they were forked, so the
 * first one in a container that has a parent outside is main.
 */
void nso_container_find_living(void)
{
	struct task_struct *leader;
	int inits;

	nso_cgroup_find_v1();
	/* Have the paths of v1 cgroups read first. */
	rcu_read_lock();
	for_each_process(leader) {
		struct nso_cgroup cgroup;

		preempt_disable();
		nso_cgroup_of_task(leader, &cgroup);
		preempt_enable();
	}
	rcu_read_unlock();
	nso_cgroup_table_flush();

	for (inits = 1; inits >= 0; inits--) {
		rcu_read_lock();
		for_each_process(leader) {
			preempt_disable();
			note_living(leader, inits);
			preempt_enable();
		}
		rcu_read_unlock();
	}
}

/* Copies a life. Returns false if it is replaced or written to meanwhile. */
static bool copy(struct nso_life *life, u64 key,
		 struct nso_container *container)
{
	u32 seq = READ_ONCE(life->signals_seq);

	/* The members after key and signals_seq. */
	smp_rmb();
	/* May race with a writer; then one of them has changed below. */
	data_race(memcpy(container, &life->container, sizeof(*container)));
	container->key = key;
	container->adoptions = atomic_read(&life->adoptions);
	if (!has_ended(life))
		container->end_ns = 0;
	/* The members before signals_seq and key. */
	smp_rmb();
	return !(seq & 1) && READ_ONCE(life->signals_seq) == seq &&
	       READ_ONCE(life->key) == key;
}

bool nso_container_next(unsigned int *slot, struct nso_container *container)
{
	int tries;

	for (; *slot < nr_lives; ++*slot) {
		struct nso_life *life = &lives[*slot];

		for (tries = 0; tries < READ_TRIES; tries++) {
			/* Acquire: the other members are of this life. */
			u64 key = smp_load_acquire(&life->key);

			if (!key)
				break;
			if (key != BUSY && copy(life, key, container)) {
				++*slot;
				return true;
			}
			cpu_relax();
		}
	}
	return false;
}

u64 nso_containers_refused(void)
{
	return atomic64_read(&refused);
}

size_t nso_container_bytes(void)
{
	return array_size(nr_lives, sizeof(*lives));
}

int nso_container_init(u32 wanted)
{
	lives = vzalloc(array_size(wanted, sizeof(*lives)));
	if (!lives)
		return -ENOMEM;
	nr_lives = wanted;
	return 0;
}

void nso_container_exit(void)
{
	vfree(lives);
}
