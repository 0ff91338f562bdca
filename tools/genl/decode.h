/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Decodes messages of the module, as the kernel sent them, headers included.
 * Unknown attributes, which a newer module may send, are skipped. All functions
 * return 0, or -EPROTO where a message is malformed or of another kind.
 */
#ifndef NSORPHAN_DECODE_H
#define NSORPHAN_DECODE_H

#include "genl/life.h"

struct event;
struct filesystem;
struct nlmsghdr;
struct status;
struct teardowns;
struct thread;

int decode_event(const struct nlmsghdr *nlh, struct event *event);
int decode_status(struct nlmsghdr *nlh, struct status *status);

/*
 * Adds what @nlh says of a teardown to @teardowns; a teardown with many
 * remaining processes takes several messages. Returns -ENOMEM, too.
 */
int decode_teardown(struct nlmsghdr *nlh, struct teardowns *teardowns);

/* Writes the life of a container that @nlh is about to @life. */
int decode_life(const struct nlmsghdr *nlh, struct life *life);

/* Writes the thread that @nlh is about to @thread. */
int decode_thread(const struct nlmsghdr *nlh, struct thread *thread);

/*
 * Writes the file system that @nlh is about to @filesystem, which is for
 * filesystem_free() after a failure, too. Returns -ENOMEM, too.
 */
int decode_filesystem(const struct nlmsghdr *nlh,
		      struct filesystem *filesystem);

/* Writes the path of the cgroup that @nlh is about to @path. */
int decode_cgroup_path(struct nlmsghdr *nlh, char path[CGROUP_PATH_MAX]);

#endif
