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

#include "cgroup-table.h"
#include "container.h"
#include "event.h"
#include "remaining.h"
#include "status.h"

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

#endif
