/* SPDX-License-Identifier: GPL-2.0 */
/* The threads that live, with what /proc does not show of them. */
#ifndef NSORPHAN_THREAD_H
#define NSORPHAN_THREAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/process.h"

/* A thread, which may be a zombie. */
struct thread {
	struct process	process;	/* with state; tid 0: the leader itself */
	uint64_t	cgroup;		/* id of the thread's cgroup */
	uint32_t	hierarchy;	/* as in struct event, like the next */
	uint64_t	container;
	uint32_t	flags;		/* bits of enum nsorphan_task_flag */
};

/* Zeroed: none. */
struct threads {
	struct thread	*list;		/* by ascending tid */
	size_t		count;
};

/* Which threads are wanted: those that fit all members; 0 fits any thread. */
struct thread_filter {
	uint32_t	pid;		/* in the initial pid namespace */
	uint32_t	pidns;		/* inode number; below it, too */
	uint64_t	container;	/* id of its cgroup in hierarchy */
	uint32_t	hierarchy;	/* enum nsorphan_hierarchy */
};

/* Returns the tid of @thread, in the initial pid namespace. */
static inline uint32_t thread_tid(const struct thread *thread)
{
	return thread->process.tid ? thread->process.tid : thread->process.pid;
}

/* Returns the state of @thread itself, enum nsorphan_task_state. */
static inline uint32_t thread_state(const struct thread *thread)
{
	return thread->process.tid ? thread->process.thread_state :
				     thread->process.state;
}

/* Whether @thread has @flag, enum nsorphan_task_flag. */
static inline bool thread_is(const struct thread *thread, uint32_t flag)
{
	return thread->flags & flag;
}

/* Returns the name of bit @bit of flags; NULL behind the last bit. */
const char *thread_flag_name(unsigned int bit);

/* Appends @thread. Returns 0 or -ENOMEM. */
int threads_add(struct threads *threads, const struct thread *thread);

/* Puts the threads into order. */
void threads_sort(struct threads *threads);

/* Returns thread @tid of process @pid, or NULL. They are in order. */
const struct thread *threads_find(const struct threads *threads, uint32_t pid,
				  uint32_t tid);

void threads_free(struct threads *threads);

#endif
