/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The handlers of requests about blocked threads, as struct genl_ops wants them:
 * process context, may sleep, but never wait for what those threads wait for.
 * Each asks for CAP_SYS_ADMIN in the initial user namespace.
 */
#ifndef NSO_NETLINK_BLOCKED_H
#define NSO_NETLINK_BLOCKED_H

struct genl_info;
struct netlink_callback;
struct sk_buff;

int nso_netlink_task_get_start(struct netlink_callback *cb);
int nso_netlink_task_get_dump(struct sk_buff *skb, struct netlink_callback *cb);

int nso_netlink_filesystem_get(struct sk_buff *request, struct genl_info *info);

#endif
