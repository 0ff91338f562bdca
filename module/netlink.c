// SPDX-License-Identifier: GPL-2.0
/* The generic netlink family: its operations and groups, start and stop. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <net/genetlink.h>

#include "compat.h"
#include "netlink-blocked.h"
#include "netlink-dump.h"
#include "netlink-family.h"
#include "netlink-notify.h"
#include "netlink.h"
#include "nsorphan.h"

static const struct nla_policy event_get_policy[NSORPHAN_A_EVENT_MAX + 1] = {
	[NSORPHAN_A_EVENT_SINCE] = { .type = NLA_U64 },
};

static const struct nla_policy cgroup_get_policy[NSORPHAN_A_CGROUP_MAX + 1] = {
	[NSORPHAN_A_CGROUP_ID] = { .type = NLA_U64 },
	[NSORPHAN_A_CGROUP_HIERARCHY] =
		NLA_POLICY_MAX(NLA_U32, NSORPHAN_HIERARCHY_MEMORY),
};

static const struct nla_policy task_get_policy[NSORPHAN_A_TASK_MAX + 1] = {
	[NSORPHAN_A_TASK_PID] = { .type = NLA_U32 },
	[NSORPHAN_A_TASK_PIDNS] = { .type = NLA_U32 },
	[NSORPHAN_A_TASK_HIERARCHY] =
		NLA_POLICY_MAX(NLA_U32, NSORPHAN_HIERARCHY_MEMORY),
	[NSORPHAN_A_TASK_CONTAINER] = { .type = NLA_U64 },
};

static const struct nla_policy
filesystem_get_policy[NSORPHAN_A_FILESYSTEM_MAX + 1] = {
	[NSORPHAN_A_FILESYSTEM_FD] = { .type = NLA_U32 },
};

static const struct genl_ops ops[] = {
	{
		.cmd = NSORPHAN_CMD_STATUS_GET,
		.doit = nso_netlink_status_get,
	},
	{
		.cmd = NSORPHAN_CMD_EVENT_GET,
		.start = nso_netlink_event_get_start,
		.dumpit = nso_netlink_event_get_dump,
		.policy = event_get_policy,
		.maxattr = NSORPHAN_A_EVENT_MAX,
	},
	{
		.cmd = NSORPHAN_CMD_TEARDOWN_GET,
		.start = nso_netlink_teardown_get_start,
		.dumpit = nso_netlink_teardown_get_dump,
	},
	{
		.cmd = NSORPHAN_CMD_CGROUP_GET,
		.doit = nso_netlink_cgroup_get,
		.start = nso_netlink_cgroup_get_start,
		.dumpit = nso_netlink_cgroup_get_dump,
		.policy = cgroup_get_policy,
		.maxattr = NSORPHAN_A_CGROUP_MAX,
	},
	{
		.cmd = NSORPHAN_CMD_CONTAINER_GET,
		.start = nso_netlink_container_get_start,
		.dumpit = nso_netlink_container_get_dump,
	},
	{
		.cmd = NSORPHAN_CMD_TASK_GET,
		.start = nso_netlink_task_get_start,
		.dumpit = nso_netlink_task_get_dump,
		.policy = task_get_policy,
		.maxattr = NSORPHAN_A_TASK_MAX,
	},
	{
		.cmd = NSORPHAN_CMD_FILESYSTEM_GET,
		.doit = nso_netlink_filesystem_get,
		.policy = filesystem_get_policy,
		.maxattr = NSORPHAN_A_FILESYSTEM_MAX,
	},
};

static const struct genl_multicast_group groups[] = {
	{ .name = NSORPHAN_MCGRP_EVENTS, NSO_COMPAT_MCAST_CAP_SYS_ADMIN },
};

struct genl_family nso_netlink_family __ro_after_init = {
	.name = NSORPHAN_FAMILY_NAME,
	.version = NSORPHAN_FAMILY_VERSION,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

int nso_netlink_init(void)
{
	int err;

	/* Before a client can join the group: see nso_netlink_notify_init(). */
	err = nso_netlink_notify_init();
	if (err) {
		pr_err("no memory for a workqueue\n");
		return err;
	}
	err = genl_register_family(&nso_netlink_family);
	if (err) {
		pr_err("cannot register the netlink family (%d)\n", err);
		goto err_notify;
	}
	nso_netlink_notify_start();
	return 0;

err_notify:
	nso_netlink_notify_exit();
	return err;
}

void nso_netlink_exit(void)
{
	nso_netlink_notify_stop();
	genl_unregister_family(&nso_netlink_family);
	nso_netlink_notify_exit();
}
