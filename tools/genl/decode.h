/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Decodes messages of the module, as the kernel sent them, headers included.
 * Unknown attributes, which a newer module may send, are skipped. All functions
 * return 0, or -EPROTO where a message is malformed or of another kind.
 */
#ifndef NSORPHAN_DECODE_H
#define NSORPHAN_DECODE_H

/* Size of a path of a cgroup, as the module keeps it, and a NUL. */
#define CGROUP_PATH_MAX	256

struct event;
struct nlmsghdr;
struct status;
struct teardowns;

int decode_event(const struct nlmsghdr *nlh, struct event *event);
int decode_status(struct nlmsghdr *nlh, struct status *status);

/*
 * Adds what @nlh says of a teardown to @teardowns; a teardown with many
 * remaining processes takes several messages. Returns -ENOMEM, too.
 */
int decode_teardown(struct nlmsghdr *nlh, struct teardowns *teardowns);

/* Writes the path of the cgroup that @nlh is about to @path. */
int decode_cgroup_path(struct nlmsghdr *nlh, char path[CGROUP_PATH_MAX]);

#endif
