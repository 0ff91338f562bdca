/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ledger of containers: the lives of the last containers, each with its main
 * process, the signals that this was sent from outside, and its end. What
 * happens inside a container pushes out nothing that is known of another one.
 *
 * Main is the process whose parent was outside of the container when it came,
 * the first one; if the container has a pid namespace of its own, that is its
 * init. One life is one main process: an engine that restarts a container in
 * the same cgroup begins another life.
 */
#ifndef NSO_CONTAINER_H
#define NSO_CONTAINER_H

#include <linux/sched.h>
#include <linux/types.h>

#include "cgroup-table.h"
#include "event.h"
#include "process.h"

/* Signals that are kept of one life, the last ones. */
#define NSO_CONTAINER_SIGNALS	8

/* What is kept of the path of a sender's cgroup: its end, and a NUL. */
#define NSO_SENDER_CGROUP_SIZE	64

/**
 * struct nso_container_signal - a signal that came from outside to main
 * @sender: the process that sent it, if @has_sender; else the kernel did
 * @sender_parent: the parent of @sender
 * @sender_cgroup: the end of the path of the cgroup of @sender; empty: unknown
 * @first_ns: time of the first of @count, CLOCK_BOOTTIME
 * @last_ns: time of the last one
 * @count: number of such signals of this sender, one after another
 * @signal: its number
 * @result: enum nsorphan_signal_result of the last one
 * @cause: enum nsorphan_signal_cause, if the kernel sent it; else 0
 * @oom_cgroup: if the cause is oom: id of the cgroup that was out of memory, 0
 *	if that is the machine or not known
 * @oom_limit: limit of that cgroup in bytes; U64_MAX: none
 */
struct nso_container_signal {
	struct nso_process sender;
	struct nso_process sender_parent;
	char sender_cgroup[NSO_SENDER_CGROUP_SIZE];
	u64 first_ns;
	u64 last_ns;
	u64 oom_cgroup;
	u64 oom_limit;
	u32 count;
	u8 signal;
	u8 result;
	u8 cause;
	bool has_sender;
};

/**
 * struct nso_container - one life of a container
 * @key: key of the cgroup that is the container
 * @path: path of that cgroup, or its end
 * @main: the main process
 * @begin_ns: time at which @main was first seen in the container
 * @end_ns: time of the end of @main; 0: it lives
 * @status: exit status of @main, as wait(2) reports it
 * @pidns: pid namespace whose init @main is; 0: there is none
 * @teardown_begin_ns: begin of the teardown of @pidns; 0: none
 * @teardown_end_ns: end of that teardown; 0: it goes on, or there is none. Without
 *	@teardown_begin_ns the teardown ran when the module was loaded
 * @killed: processes that the teardown killed
 * @adoptions: orphans since @begin_ns whose lost parent was in the container
 * @nr_signals: number of @signals
 * @signals: the last ones, oldest first
 */
struct nso_container {
	u64 key;
	char path[NSO_CGROUP_PATH_SIZE];
	struct nso_process main;
	u64 begin_ns;
	u64 end_ns;
	u16 status;
	u32 pidns;
	u64 teardown_begin_ns;
	u64 teardown_end_ns;
	u32 killed;
	u32 adoptions;
	u32 nr_signals;
	struct nso_container_signal signals[NSO_CONTAINER_SIGNALS];
};

/* Bounds of the number of lives that are kept. */
#define NSO_CONTAINER_MIN	16
#define NSO_CONTAINER_MAX	32768

/*
 * Allocates the ledger of so many lives, a number within these bounds. Returns
 * 0 or -ENOMEM. May sleep.
 */
int nso_container_init(u32 lives);

/* Frees the ledger, once no probe runs any more. May sleep. */
void nso_container_exit(void);

/*
 * Notes the containers that live already. Called once the probes are attached.
 * May sleep.
 */
void nso_container_find_living(void);

/*
 * Probes call the functions below. They take no lock, and have preemption
 * disabled; cgroup is that of the process concerned.
 */

/* The process of task, which is current, has executed a program. */
void nso_container_execed(struct task_struct *task);

/* The last thread of the process of task, which is current, is dying. */
void nso_container_exited(struct task_struct *task);

/*
 * A signal was sent to the process of task, whose siglock is held. sender is
 * NULL if the kernel sent it, for that cause (enum nsorphan_signal_cause).
 */
void nso_container_signalled(struct task_struct *task,
			     const struct nso_cgroup *cgroup,
			     struct task_struct *sender, int signal,
			     enum nsorphan_signal_result result, u8 cause,
			     u64 boot_ns);

/*
 * current dies, and leaves that many orphans in the container. They count if it is
 * in the container itself.
 */
void nso_container_add_orphans(const struct nso_cgroup *cgroup, u32 orphans,
			       u64 boot_ns);

static __always_inline void
nso_container_adopted(const struct nso_cgroup *cgroup, u32 orphans, u64 boot_ns)
{
	if (unlikely(cgroup->container))
		nso_container_add_orphans(cgroup, orphans, boot_ns);
}

/* Tells whether the teardown of the container has ended and was seen from its begin. */
static inline bool
nso_container_has_killed(const struct nso_container *container)
{
	return container->teardown_begin_ns && container->teardown_end_ns;
}

/* The teardown of the namespace of current, its init, begins or has ended. */
void nso_container_teardown_begin(const struct nso_cgroup *cgroup, u32 pidns,
				  u64 boot_ns);
void nso_container_teardown_end(const struct nso_cgroup *cgroup, u32 killed,
				u64 boot_ns);

/*
 * The same for a teardown that ran already when the module was loaded, from any task:
 * nobody has seen init at its exit, or what was killed.
 */
void nso_container_late_end(const struct nso_cgroup *cgroup,
			    const struct nso_process *init, u16 status,
			    u64 boot_ns);

/*
 * Reads the next life from slot *slot on, and moves *slot past it. Returns false
 * at the end. Process context.
 */
bool nso_container_next(unsigned int *slot, struct nso_container *container);

/* Returns how many containers found no place, as all that are kept live. */
u64 nso_containers_refused(void);

/* Returns the memory that the ledger takes, in bytes. */
size_t nso_container_bytes(void);

#endif
