// SPDX-License-Identifier: GPL-2.0
/*
 * A task that changes a file system takes one of s_writers.rw_sem[] for reading:
 * sb_start_write(), sb_start_pagefault(), sb_start_intwrite(). A freeze takes them
 * for writing, one after another, and holds them until the thaw. A task that has
 * to wait is put into the queue of the semaphore by percpu_rwsem_wait(); nothing
 * else is in there but, in older kernels, the bookmarks of a wake-up
 * (kernel/locking/percpu-rwsem.c, 5.10 to 7.3).
 */
#include <linux/dcache.h>
#include <linux/errno.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/percpu-rwsem.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/wait.h>

#include "filesystem.h"

/*
 * Appends the readers that wait in a queue. Each is in there until it is woken up
 * with the lock held, so its task is valid as long as the lock is. Returns how
 * many entries may still be looked at: budget, less those of this queue.
 */
static unsigned int take_waiters(struct nso_filesystem *filesystem,
				 struct wait_queue_head *queue,
				 unsigned int budget)
{
	const struct wait_queue_entry *entry;

	/* Sleeps on PREEMPT_RT, so no pid is looked up in here. */
	spin_lock_irq(&queue->lock);
	list_for_each_entry(entry, &queue->head, entry) {
		const struct task_struct *task = entry->private;

		if (!budget) {
			filesystem->more = true;
			break;
		}
		budget--;
		/* percpu_rwsem_wait() sets this flag for a reader. */
		if (!(entry->flags & WQ_FLAG_CUSTOM) || !task)
			continue;
		filesystem->waiters[filesystem->nr_waiters++] =
			(struct nso_filesystem_waiter){
				.pid = task->tgid,
				.tid = task->pid,
			};
	}
	spin_unlock_irq(&queue->lock);
	return budget;
}

static void take_super_block(struct nso_filesystem *filesystem,
			     struct super_block *sb)
{
	struct sb_writers *writers = &sb->s_writers;
	unsigned int i, budget = NSO_FILESYSTEM_WAITERS;

	memset(filesystem, 0, sizeof(*filesystem));
	filesystem->dev = sb->s_dev;
	strscpy(filesystem->type, sb->s_type->name, sizeof(filesystem->type));
	filesystem->frozen = READ_ONCE(writers->frozen);
	for (i = 0; i < SB_FREEZE_LEVELS; i++)
		budget = take_waiters(filesystem, &writers->rw_sem[i].waiters,
				      budget);
}

int nso_filesystem_get(unsigned int fd, struct nso_filesystem *filesystem)
{
	/* The file holds the mount, which holds the super block. */
	struct file *file = fget_raw(fd);

	if (!file)
		return -EBADF;
	take_super_block(filesystem, file_inode(file)->i_sb);
	/*
	 * If the client has closed the file meanwhile, this leaves the rest to
	 * its return to user mode: no lock is held there.
	 */
	fput(file);
	return 0;
}
