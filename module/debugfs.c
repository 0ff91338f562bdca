// SPDX-License-Identifier: GPL-2.0
/*
 * Files that can be read with cat. An open file does not hold the module, which
 * can be unloaded at any time.
 *
 * Once a file is removed, debugfs lets no call through any more, except release
 * and those that wait in poll(). What these two use is in struct
 * nso_debugfs_files, with everything that lockdep knows of it: release is a
 * function of the kernel, and the state of an open file is freed by
 * seq_release_private(). The struct is freed with the module, or never if a
 * file is open even then: some hundred bytes.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/debugfs.h>
#include <linux/dcache.h>
#include <linux/kmemleak.h>
#include <linux/lockdep.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#include "cgroup-table.h"
#include "container.h"
#include "debugfs-show.h"
#include "debugfs.h"
#include "event.h"
#include "nsorphan-names.h"
#include "recorder-wake.h"
#include "recorder.h"
#include "remaining.h"
#include "status.h"

enum {
	EVENTS,
	EVENTS_PIPE,
	STATUS,
	TEARDOWNS,
	CGROUPS,
	CONTAINERS,
	NR_FILES,
};

/**
 * struct nso_debugfs_files - what may be used after the module is unloaded
 * @fops: operations of the files
 * @wait: readers of events_pipe that wait
 * @wait_name: name of @wait for lockdep
 * @wait_key: class of @wait for lockdep
 */
struct nso_debugfs_files {
	struct file_operations fops[NR_FILES];
	wait_queue_head_t wait;
	char wait_name[24];
	struct lock_class_key wait_key;
};

/* Freed at unload, unless a file is still open. */
static struct nso_debugfs_files *file_data;
static struct dentry *dir;
static struct dentry *files[NR_FILES];
static bool closing;

/**
 * struct nso_reader - seq_file.private of an open events or events_pipe
 * @cursor: the next event
 * @until: sequence number at which the file ends; U64_MAX in events_pipe
 *
 * Protected by seq_file.lock.
 */
struct nso_reader {
	struct nso_recorder_cursor cursor;
	u64 until;
};

/* Reads for `events`, which ends, and for events_pipe, which must not sleep. */
static enum nso_recorder_result read_event(struct nso_reader *reader,
					   struct nso_event *event, u64 *first)
{
	if (reader->until == U64_MAX)
		return nso_recorder_read(&reader->cursor, event, first);
	return nso_recorder_read_wait(&reader->cursor, reader->until, event,
				      first);
}

/*
 * Puts the next line into m->buf, which is empty. As in seq_read(), m->count
 * bytes are left to copy, from m->from on. Returns false if there is no line.
 */
static bool next_line(struct seq_file *m)
{
	struct nso_reader *reader = m->private;
	struct nso_event event;
	u64 first;

	if (reader->cursor.seq >= reader->until || READ_ONCE(closing))
		return false;
	m->from = 0;
	m->count = 0;
	switch (read_event(reader, &event, &first)) {
	case NSO_RECORDER_NONE:
		return false;
	case NSO_RECORDER_LOST:
		nso_show_lost(m, first, reader->cursor.seq - first);
		break;
	case NSO_RECORDER_EVENT:
		nso_show_event(m, &event);
		break;
	}
	return true;
}

static bool follows(struct file *file)
{
	return file_dentry(file) == files[EVENTS_PIPE];
}

static int wait_for_line(struct seq_file *m, struct file *file)
{
	if (!follows(file))
		return 0;
	if (file->f_flags & O_NONBLOCK)
		return READ_ONCE(closing) ? 0 : -EAGAIN;
	/* The condition puts the line into the buffer. */
	return wait_event_interruptible(file_data->wait,
					next_line(m) || READ_ONCE(closing));
}

static ssize_t events_read(struct file *file, char __user *to, size_t size,
			   loff_t *pos)
{
	struct seq_file *m = file->private_data;
	size_t copied = 0;
	int err;

	err = mutex_lock_interruptible(&m->lock);
	if (err)
		return err;
	while (copied < size) {
		size_t n;

		if (!m->count && !next_line(m)) {
			if (copied)
				break;
			err = wait_for_line(m, file);
			if (err || !m->count)
				break;
		}
		n = min(m->count, size - copied);
		if (copy_to_user(to + copied, m->buf + m->from, n)) {
			err = -EFAULT;
			break;
		}
		m->from += n;
		m->count -= n;
		copied += n;
	}
	mutex_unlock(&m->lock);
	*pos += copied;
	return copied ?: err;
}

static __poll_t events_poll(struct file *file, poll_table *table)
{
	struct seq_file *m = file->private_data;
	struct nso_reader *reader = m->private;

	poll_wait(file, &file_data->wait, table);
	/* F in recorder.c. poll_wait() has no barrier on older kernels. */
	smp_mb();
	if (READ_ONCE(closing))
		return EPOLLIN | EPOLLRDNORM | EPOLLHUP;
	/*
	 * A read() holds m->lock while it waits, so look without the lock. If a
	 * read() runs at this moment, poll() may report a line that the read()
	 * takes.
	 */
	if (!follows(file) || READ_ONCE(m->count) ||
	    READ_ONCE(reader->cursor.seq) < nso_recorder_next_seq())
		return EPOLLIN | EPOLLRDNORM;
	return 0;
}

static int events_open(struct inode *inode, struct file *file)
{
	struct nso_reader *reader;
	struct seq_file *m;

	/* seq_file has no operations: events_read() replaces seq_read(). */
	reader = __seq_open_private(file, NULL, sizeof(*reader));
	if (!reader)
		return -ENOMEM;
	m = file->private_data;
	/*
	 * A line has three names of 16 bytes, escaped by four: it fits easily.
	 */
	m->size = PAGE_SIZE;
	m->buf = kvmalloc(m->size, GFP_KERNEL);
	if (!m->buf) {
		seq_release_private(inode, file);
		return -ENOMEM;
	}
	if (follows(file)) {
		nso_recorder_at_next(&reader->cursor);
		reader->until = U64_MAX;
	} else {
		nso_recorder_at_oldest(&reader->cursor);
		reader->until = nso_recorder_next_seq();
	}
	return nonseekable_open(inode, file);
}

/**
 * struct nso_teardowns_line - seq_file.private of an open teardowns
 * @iter: position of the line that is to be shown
 * @teardown: the teardown of the line
 * @remaining: the process of the line, if @of_process
 * @of_process: the line is of a process, and not of the teardown itself
 * @end: there is no line
 *
 * There is a line for each teardown, followed by a line for each process that
 * it waits for. The position of the seq_file only has to go up, as the file is
 * not seekable.
 */
struct nso_teardowns_line {
	struct nso_teardown_iter iter;
	struct nso_teardown_info teardown;
	struct nso_remaining remaining;
	bool of_process;
	bool end;
};

static void next_teardown(struct nso_teardowns_line *line)
{
	line->of_process = false;
	line->end = !nso_teardown_iter_get(&line->iter, &line->teardown);
}

static void *teardowns_start(struct seq_file *m, loff_t *pos)
{
	struct nso_teardowns_line *line = m->private;

	if (!*pos)
		next_teardown(line);
	return line->end ? NULL : line;
}

static void *teardowns_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct nso_teardowns_line *line = v;
	struct nso_cgroup cgroup;

	++*pos;
	line->of_process = nso_teardown_iter_process(&line->iter,
						     &line->remaining, &cgroup);
	if (!line->of_process) {
		nso_teardown_iter_advance(&line->iter);
		next_teardown(line);
	}
	return line->end ? NULL : line;
}

static void teardowns_stop(struct seq_file *m, void *v)
{
}

static int teardowns_show(struct seq_file *m, void *v)
{
	const struct nso_teardowns_line *line = v;

	if (line->of_process)
		nso_show_remaining(m, &line->teardown, &line->remaining);
	else
		nso_show_teardown(m, &line->teardown);
	return 0;
}

static const struct seq_operations teardowns_ops = {
	.start = teardowns_start,
	.next = teardowns_next,
	.stop = teardowns_stop,
	.show = teardowns_show,
};

static int teardowns_open(struct inode *inode, struct file *file)
{
	if (!__seq_open_private(file, &teardowns_ops,
				sizeof(struct nso_teardowns_line)))
		return -ENOMEM;
	return nonseekable_open(inode, file);
}

/**
 * struct nso_cgroups_line - seq_file.private of an open cgroups
 * @slot: position in the table, behind the cgroup of the line
 * @info: the cgroup of the line
 * @end: there is no line
 */
struct nso_cgroups_line {
	unsigned int slot;
	struct nso_cgroup_info info;
	bool end;
};

static void *cgroups_start(struct seq_file *m, loff_t *pos)
{
	struct nso_cgroups_line *line = m->private;

	if (!*pos)
		line->end = !nso_cgroup_table_next(&line->slot, &line->info);
	return line->end ? NULL : line;
}

static void *cgroups_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct nso_cgroups_line *line = v;

	++*pos;
	line->end = !nso_cgroup_table_next(&line->slot, &line->info);
	return line->end ? NULL : line;
}

static void cgroups_stop(struct seq_file *m, void *v)
{
}

static int cgroups_show(struct seq_file *m, void *v)
{
	const struct nso_cgroups_line *line = v;

	nso_show_cgroup(m, &line->info);
	return 0;
}

static const struct seq_operations cgroups_ops = {
	.start = cgroups_start,
	.next = cgroups_next,
	.stop = cgroups_stop,
	.show = cgroups_show,
};

static int cgroups_open(struct inode *inode, struct file *file)
{
	if (!__seq_open_private(file, &cgroups_ops,
				sizeof(struct nso_cgroups_line)))
		return -ENOMEM;
	return nonseekable_open(inode, file);
}

/**
 * struct nso_containers_line - seq_file.private of an open containers
 * @slot: position in the ledger, behind the life of the lines
 * @container: that life: a line, followed by one for each signal
 * @signal: number of the signal of the line, from 1 on; 0: line of the life
 * @end: there is no line
 */
struct nso_containers_line {
	unsigned int slot;
	struct nso_container container;
	u32 signal;
	bool end;
};

static void next_container(struct nso_containers_line *line)
{
	line->signal = 0;
	line->end = !nso_container_next(&line->slot, &line->container);
}

static void *containers_start(struct seq_file *m, loff_t *pos)
{
	struct nso_containers_line *line = m->private;

	if (!*pos)
		next_container(line);
	return line->end ? NULL : line;
}

static void *containers_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct nso_containers_line *line = v;

	++*pos;
	if (line->signal < line->container.nr_signals)
		line->signal++;
	else
		next_container(line);
	return line->end ? NULL : line;
}

static void containers_stop(struct seq_file *m, void *v)
{
}

static int containers_show(struct seq_file *m, void *v)
{
	const struct nso_containers_line *line = v;
	const struct nso_container *container = &line->container;

	if (line->signal)
		nso_show_container_signal(m, &container->signals[line->signal - 1]);
	else
		nso_show_container(m, container);
	return 0;
}

static const struct seq_operations containers_ops = {
	.start = containers_start,
	.next = containers_next,
	.stop = containers_stop,
	.show = containers_show,
};

static int containers_open(struct inode *inode, struct file *file)
{
	if (!__seq_open_private(file, &containers_ops,
				sizeof(struct nso_containers_line)))
		return -ENOMEM;
	return nonseekable_open(inode, file);
}

static int status_show(struct seq_file *m, void *unused)
{
	struct nso_status status;
	unsigned int i;

	nso_status_get(&status);
	seq_printf(m, "version: %s\n", status.version);
	seq_printf(m, "loaded_ns: %llu\n", status.loaded_ns);
	seq_printf(m, "kernel: %s\n", status.kernel);
	seq_printf(m, "reparent_probe: %s\n", status.reparent_probe);
	seq_printf(m, "teardown_probe: %s\n", status.teardown_probe);
	seq_printf(m, "records: %u\n", status.recorder.records);
	seq_printf(m, "bytes: %llu\n", status.bytes);
	seq_printf(m, "oldest_seq: %llu\n", status.recorder.oldest_seq);
	seq_printf(m, "next_seq: %llu\n", status.recorder.next_seq);
	seq_printf(m, "overwritten: %llu\n", status.recorder.overwritten);
	seq_printf(m, "dropped: %llu\n", status.recorder.dropped);
	seq_printf(m, "missed: %llu\n", status.missed);
	seq_printf(m, "blind: %s\n", status.sight.blind ? "true" : "false");
	if (status.sight.from_ns)
		seq_printf(m, "blind_from_ns: %llu\n", status.sight.from_ns);
	if (status.sight.to_ns)
		seq_printf(m, "blind_to_ns: %llu\n", status.sight.to_ns);
	seq_printf(m, "readers: %u\n", status.readers);
	seq_printf(m, "teardowns: %u\n", status.teardowns);
	seq_printf(m, "mismatched: %llu\n", status.mismatched);
	seq_printf(m, "verify: %s\n", status.verify ? "true" : "false");
	seq_printf(m, "stall_ms: %u\n", status.stall_ms);
	seq_printf(m, "signals: %s\n", nsorphan_signals_names[status.signals]);
	for (i = 0; i < status.nr_probes; i++)
		seq_printf(m, "missed.%s: %llu\n", status.probes[i].symbol,
			   status.probes[i].missed);
	return 0;
}

static int status_open(struct inode *inode, struct file *file)
{
	return single_open(file, status_show, NULL);
}

static const char * const file_names[NR_FILES] = {
	[EVENTS] = "events",
	[EVENTS_PIPE] = "events_pipe",
	[STATUS] = "status",
	[TEARDOWNS] = "teardowns",
	[CGROUPS] = "cgroups",
	[CONTAINERS] = "containers",
};

/* Without an owner, so that open files do not hold the module. */
static const struct file_operations file_fops[NR_FILES] = {
	[EVENTS] = {
		.open = events_open,
		.read = events_read,
		.poll = events_poll,
		.release = seq_release_private,
	},
	[EVENTS_PIPE] = {
		.open = events_open,
		.read = events_read,
		.poll = events_poll,
		.release = seq_release_private,
	},
	[STATUS] = {
		.open = status_open,
		.read = seq_read,
		.llseek = seq_lseek,
		.release = single_release,
	},
	[TEARDOWNS] = {
		.open = teardowns_open,
		.read = seq_read,
		.release = seq_release_private,
	},
	[CGROUPS] = {
		.open = cgroups_open,
		.read = seq_read,
		.release = seq_release_private,
	},
	[CONTAINERS] = {
		.open = containers_open,
		.read = seq_read,
		.release = seq_release_private,
	},
};

static bool readers_wait(void)
{
	/* F in recorder.c: the caller has a barrier before this. */
	return waitqueue_active(&file_data->wait);
}

static void wake_readers(void)
{
	wake_up_interruptible_poll(&file_data->wait, EPOLLIN | EPOLLRDNORM);
}

/*
 * Returns how often a file is open. Each opened file holds a reference of the
 * dentry, this module holds one, and debugfs another one until it has removed
 * the file. A path lookup at this moment is counted as well.
 */
static int times_open(struct dentry *dentry, bool removed)
{
	if (IS_ERR_OR_NULL(dentry))
		return 0;
	return d_count(dentry) - (removed ? 1 : 2);
}

static u32 count_readers(void)
{
	return times_open(files[EVENTS_PIPE], false);
}

static struct nso_recorder_watch readers_watch = {
	.wants = readers_wait,
	.wake = wake_readers,
	.readers = count_readers,
};

/*
 * Tells whether the kernel has no debugfs or denies it; netlink has all, too.
 */
static bool no_debugfs(int err)
{
	return err == -ENODEV || err == -EPERM;
}

int nso_debugfs_init(void)
{
	int i, err = 0;

	file_data = kzalloc(sizeof(*file_data), GFP_KERNEL);
	if (!file_data)
		return -ENOMEM;
	memcpy(file_data->fops, file_fops, sizeof(file_fops));
	lockdep_register_key(&file_data->wait_key);
	strscpy(file_data->wait_name, "nsorphan_events_pipe",
		sizeof(file_data->wait_name));
	__init_waitqueue_head(&file_data->wait, file_data->wait_name,
			      &file_data->wait_key);
	nso_recorder_add_watch(&readers_watch);

	dir = debugfs_create_dir(KBUILD_MODNAME, NULL);
	for (i = 0; i < NR_FILES && !err; i++) {
		files[i] = debugfs_create_file(file_names[i], 0400, dir, NULL,
					       &file_data->fops[i]);
		err = PTR_ERR_OR_ZERO(files[i]);
		if (!err)
			dget(files[i]);
		else if (no_debugfs(err))
			err = 0;
	}
	if (!err)
		return 0;
	pr_err("cannot make the files in debugfs (%d)\n", err);
	nso_debugfs_exit();
	return err;
}

void nso_debugfs_exit(void)
{
	bool open = false;
	int i;

	WRITE_ONCE(closing, true);
	wake_up_poll(&file_data->wait, EPOLLIN | EPOLLHUP);
	debugfs_remove(dir);
	nso_recorder_del_watch(&readers_watch);
	for (i = 0; i < NR_FILES; i++) {
		if (times_open(files[i], true))
			open = true;
		if (!IS_ERR_OR_NULL(files[i]))
			dput(files[i]);
	}
	if (open) {
		kmemleak_ignore(file_data);
		return;
	}
	lockdep_unregister_key(&file_data->wait_key);
	kfree(file_data);
}
