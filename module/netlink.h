/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSORPHAN_NETLINK_H
#define NSORPHAN_NETLINK_H

#include <linux/types.h>

/*
 * The generic netlink family of uapi/nsorphan.yaml. start and stop may sleep;
 * start returns 0 or a negative errno. A dump that its client has not read to
 * the end holds the module.
 */
int netlink_start(void);
void netlink_stop(void);

/* Does anybody listen to the multicast group? Any context. */
bool netlink_listening(void);

#endif
