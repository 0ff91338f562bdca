// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <string.h>

#include "explain/waits/pipe-wait.h"
#include "explain/waits/waiter.h"

/* System calls, and which of their arguments is a descriptor; -1: none. */
static const struct {
	const char	*name;
	int		read_from;
	int		write_to;
} syscalls[] = {
	{ "read", 0, -1 },
	{ "readv", 0, -1 },
	{ "preadv2", 0, -1 },
	{ "write", -1, 0 },
	{ "writev", -1, 0 },
	{ "pwritev2", -1, 0 },
	{ "splice", 0, 2 },
	{ "tee", 0, 1 },
	{ "vmsplice", 0, 0 },
	{ "sendfile", -1, 0 },
	{ "sendfile64", -1, 0 },
};

/*
 * Functions of the kernel's fs/pipe.c that sleep. In Linux 6.15 pipe_read() and
 * pipe_write() became anon_pipe_read() and anon_pipe_write(), which FIFOs use,
 * too.
 */
static const struct {
	const char	*name;
	bool		writes;
} functions[] = {
	{ "pipe_read", false },
	{ "anon_pipe_read", false },
	{ "fifo_pipe_read", false },
	{ "pipe_wait_readable", false },
	{ "pipe_write", true },
	{ "anon_pipe_write", true },
	{ "fifo_pipe_write", true },
	{ "pipe_wait_writable", true },
};

/*
 * Finds out which end it is: by the kernel function, or where that is unknown
 * (as often before Linux 5.16) by a system call that knows only one.
 */
static bool find_end(const struct blocked *thread, bool reads, bool writes,
		     struct pipe_wait *wait)
{
	size_t i;

	wait->surely = false;
	wait->writes = writes;
	if (!thread->wchan[0])
		return reads != writes;
	for (i = 0; i < ARRAY_SIZE(functions); i++) {
		if (!sleeps_in(thread, functions[i].name))
			continue;
		wait->surely = true;
		wait->writes = functions[i].writes;
		return wait->writes ? writes : reads;
	}
	return false;
}

bool pipe_wait_find(const struct blocked *thread, struct pipe_wait *wait)
{
	int from, to;
	size_t i;

	if (thread->letter != 'S')
		return false;
	for (i = 0; i < ARRAY_SIZE(syscalls); i++) {
		if (strcmp(thread->syscall, syscalls[i].name))
			continue;
		from = syscalls[i].read_from;
		to = syscalls[i].write_to;
		if (!find_end(thread, from >= 0, to >= 0, wait))
			return false;
		wait->fd = (unsigned int)
				thread->args[wait->writes ? to : from];
		return true;
	}
	return false;
}

bool pipe_end_is(int access, bool writes)
{
	return access == O_RDWR || access == (writes ? O_WRONLY : O_RDONLY);
}
