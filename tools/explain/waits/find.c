// SPDX-License-Identifier: GPL-2.0
#include "explain/waits/waits.h"

const char *wait_kind_name(enum wait_kind kind)
{
	static const char *const names[WAIT_KINDS] = {
		[WAIT_TRACER]		= "tracer",
		[WAIT_REAPER]		= "reaper",
		[WAIT_ENGINE]		= "engine",
		[WAIT_THREAD]		= "thread",
		[WAIT_CORE]		= "core",
		[WAIT_FREEZER]		= "freezer",
		[WAIT_THROTTLE]		= "throttle",
		[WAIT_FUSE]		= "fuse",
		[WAIT_FILESYSTEM]	= "filesystem",
		[WAIT_START]		= "start",
		[WAIT_SECCOMP]		= "seccomp",
		[WAIT_LOCK]		= "lock",
		[WAIT_CHILD]		= "child",
		[WAIT_PIPE]		= "pipe",
		[WAIT_FIFO]		= "fifo",
		[WAIT_SOCKET]		= "socket",
	};

	return names[kind];
}

static wait_find *const finders[WAIT_KINDS] = {
	[WAIT_TRACER]		= wait_tracer,
	[WAIT_REAPER]		= wait_reaper,
	[WAIT_ENGINE]		= wait_engine,
	[WAIT_THREAD]		= wait_thread,
	[WAIT_CORE]		= wait_core,
	[WAIT_FREEZER]		= wait_freezer,
	[WAIT_THROTTLE]		= wait_throttle,
	[WAIT_FUSE]		= wait_fuse,
	[WAIT_FILESYSTEM]	= wait_filesystem,
	[WAIT_START]		= wait_start,
	[WAIT_SECCOMP]		= wait_seccomp,
	[WAIT_LOCK]		= wait_lock,
	[WAIT_CHILD]		= wait_child,
	[WAIT_PIPE]		= wait_pipe,
	[WAIT_FIFO]		= wait_fifo,
	[WAIT_SOCKET]		= wait_socket,
};

int waits_find(struct wait_context *context, const struct waiter *waiter,
	       struct wait_edges *edges)
{
	enum wait_kind kind;
	int error = 0;

	*edges = (struct wait_edges){ .count = 0 };
	for (kind = 0; !error && !edges->count && kind < WAIT_KINDS; kind++)
		error = finders[kind](context, waiter, edges);
	return error;
}
