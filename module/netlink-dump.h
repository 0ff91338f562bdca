/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The handlers of requests, as struct genl_ops wants them: process context, may
 * sleep. Each asks for CAP_SYS_ADMIN in the initial user namespace.
 */
#ifndef NSO_NETLINK_DUMP_H
#define NSO_NETLINK_DUMP_H

struct genl_info;
struct netlink_callback;
struct netlink_ext_ack;
struct sk_buff;

/* Returns 0, or -EPERM with a message if the client must not ask. */
int nso_netlink_may_ask(struct sk_buff *skb, struct netlink_ext_ack *extack);

int nso_netlink_status_get(struct sk_buff *request, struct genl_info *info);

int nso_netlink_event_get_start(struct netlink_callback *cb);
int nso_netlink_event_get_dump(struct sk_buff *skb,
			       struct netlink_callback *cb);

int nso_netlink_teardown_get_start(struct netlink_callback *cb);
int nso_netlink_teardown_get_dump(struct sk_buff *skb,
				  struct netlink_callback *cb);

int nso_netlink_cgroup_get(struct sk_buff *request, struct genl_info *info);
int nso_netlink_cgroup_get_start(struct netlink_callback *cb);
int nso_netlink_cgroup_get_dump(struct sk_buff *skb,
				struct netlink_callback *cb);

int nso_netlink_container_get_start(struct netlink_callback *cb);
int nso_netlink_container_get_dump(struct sk_buff *skb,
				   struct netlink_callback *cb);

#endif
