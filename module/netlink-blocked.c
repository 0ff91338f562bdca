// SPDX-License-Identifier: GPL-2.0
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#include "cgroup-table.h"
#include "compat.h"
#include "filesystem.h"
#include "netlink-blocked.h"
#include "netlink-dump.h"
#include "netlink-encode.h"
#include "nsorphan.h"
#include "task.h"

/* Where netlink_callback keeps the position between two messages. */
static struct nso_task_iter *iter_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct nso_task_iter) > sizeof(cb->args));
	return (void *)cb->args;
}

static u32 u32_of(const struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

int nso_netlink_task_get_start(struct netlink_callback *cb)
{
	struct nlattr **attrs = nso_compat_dump_attrs(cb);
	struct nlattr *container = attrs[NSORPHAN_A_TASK_CONTAINER];
	struct nlattr *hierarchy = attrs[NSORPHAN_A_TASK_HIERARCHY];
	struct nso_task_iter *iter = iter_of(cb);
	int err;

	err = nso_netlink_may_ask(cb->skb, cb->extack);
	if (err)
		return err;
	if (hierarchy && !container) {
		NL_SET_ERR_MSG(cb->extack,
			       "the container in that hierarchy is missing");
		return -EINVAL;
	}
	*iter = (struct nso_task_iter){
		.pid = u32_of(attrs[NSORPHAN_A_TASK_PID]),
		.pidns = u32_of(attrs[NSORPHAN_A_TASK_PIDNS]),
	};
	if (container && nla_get_u64(container))
		iter->container = nso_cgroup_key(nla_get_u64(container),
						 u32_of(hierarchy));
	return 0;
}

int nso_netlink_task_get_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct nso_task_iter *iter = iter_of(cb), before = *iter;
	struct nso_task task;

	while (nso_task_iter_next(iter, &task)) {
		if (nso_netlink_put_task(skb, &task, NETLINK_CB(cb->skb).portid,
					 cb->nlh->nlmsg_seq, NLM_F_MULTI)) {
			*iter = before;
			break;
		}
		before = *iter;
	}
	return skb->len;
}

int nso_netlink_filesystem_get(struct sk_buff *request, struct genl_info *info)
{
	struct nlattr *fd = info->attrs[NSORPHAN_A_FILESYSTEM_FD];
	struct nso_filesystem *filesystem;
	struct sk_buff *skb = NULL;
	int err;

	err = nso_netlink_may_ask(request, info->extack);
	if (err)
		return err;
	if (!fd) {
		NL_SET_ERR_MSG(info->extack, "the file descriptor is missing");
		return -EINVAL;
	}
	/*
	 * Too large for the stack. Not GFP_KERNEL, as reclaiming memory may wait
	 * for a file system that is frozen.
	 */
	filesystem = kmalloc(sizeof(*filesystem), GFP_NOFS);
	if (!filesystem)
		return -ENOMEM;
	/* A request is handled by the task that sends it. */
	err = nso_filesystem_get(nla_get_u32(fd), filesystem);
	if (err) {
		NL_SET_ERR_MSG_ATTR(info->extack, fd,
				    "no such file descriptor of the client");
		goto err_free;
	}
	err = -ENOMEM;
	skb = genlmsg_new(NSO_NETLINK_FILESYSTEM_SIZE, GFP_NOFS);
	if (!skb)
		goto err_free;
	err = nso_netlink_put_filesystem(skb, filesystem, info->snd_portid,
					 info->snd_seq);
	if (err)
		goto err_free;
	kfree(filesystem);
	return genlmsg_reply(skb, info);

err_free:
	nlmsg_free(skb);
	kfree(filesystem);
	return err;
}
