/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What becomes an attribute of which message: uapi/nsorphan.yaml.
 *
 * Each function appends to skb and returns 0 or -EMSGSIZE if skb has no room.
 * Process context.
 */
#ifndef NSO_NETLINK_ENCODE_H
#define NSO_NETLINK_ENCODE_H

#include <linux/skbuff.h>
#include <linux/types.h>
#include <net/netlink.h>

#include "cgroup-table.h"
#include "container.h"
#include "event.h"
#include "filesystem.h"
#include "remaining.h"
#include "status.h"
#include "task.h"

/* Appends a whole message, or nothing. */
int nso_netlink_put_event(struct sk_buff *skb, const struct nso_event *event,
			  u8 cmd, u32 portid, u32 nlseq, int flags);

/* Appends a whole message; on error the caller frees skb. */
int nso_netlink_put_status(struct sk_buff *skb, const struct nso_status *status,
			   u8 cmd, u32 portid, u32 nlseq);

/* Appends the attributes of a teardown; on error the caller undoes it. */
int nso_netlink_put_teardown(struct sk_buff *skb,
			     const struct nso_teardown_info *teardown,
			     u64 waited_ns);

/* Appends one process of a teardown, or nothing. */
int nso_netlink_put_remaining(struct sk_buff *skb,
			      const struct nso_remaining *remaining);

/* Appends a whole message, or nothing. */
int nso_netlink_put_cgroup(struct sk_buff *skb,
			   const struct nso_cgroup_info *info, u32 portid,
			   u32 nlseq, int flags);

/* Appends a whole message, or nothing. */
int nso_netlink_put_container(struct sk_buff *skb,
			      const struct nso_container *container, u32 portid,
			      u32 nlseq, int flags);

/* Appends a whole message, or nothing. */
int nso_netlink_put_task(struct sk_buff *skb, const struct nso_task *task,
			 u32 portid, u32 nlseq, int flags);

/* Room for the attributes of a file system. */
#define NSO_NETLINK_FILESYSTEM_SIZE \
	(128 + NSO_FILESYSTEM_WAITERS * nla_total_size(2 * nla_total_size(4)))

/* Appends a whole message; on error the caller frees skb. */
int nso_netlink_put_filesystem(struct sk_buff *skb,
			       const struct nso_filesystem *filesystem,
			       u32 portid, u32 nlseq);

#endif
