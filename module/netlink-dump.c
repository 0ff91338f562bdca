// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#include "cgroup-table.h"
#include "compat.h"
#include "container.h"
#include "event.h"
#include "netlink-dump.h"
#include "netlink-encode.h"
#include "netlink-family.h"
#include "nsorphan.h"
#include "recorder.h"
#include "remaining.h"
#include "status.h"

int nso_netlink_may_ask(struct sk_buff *skb, struct netlink_ext_ack *extack)
{
	/*
	 * GENL_ADMIN_PERM would ask for CAP_NET_ADMIN, which is not the right
	 * one.
	 */
	if (netlink_capable(skb, CAP_SYS_ADMIN))
		return 0;
	NL_SET_ERR_MSG(extack, "CAP_SYS_ADMIN is needed");
	return -EPERM;
}

int nso_netlink_status_get(struct sk_buff *request, struct genl_info *info)
{
	struct nso_status status;
	struct sk_buff *skb;
	int err;

	err = nso_netlink_may_ask(request, info->extack);
	if (err)
		return err;
	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	nso_status_get(&status);
	if (nso_netlink_put_status(skb, &status, NSORPHAN_CMD_STATUS_GET,
				   info->snd_portid, info->snd_seq)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	return genlmsg_reply(skb, info);
}

/**
 * struct nso_event_dump - what netlink_callback keeps between two messages
 * @cursor: the next event
 * @until: sequence number at which the dump ends
 */
struct nso_event_dump {
	struct nso_recorder_cursor cursor;
	u64 until;
};

static struct nso_event_dump *dump_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct nso_event_dump) > sizeof(cb->args));
	return (void *)cb->args;
}

int nso_netlink_event_get_start(struct netlink_callback *cb)
{
	struct nlattr *since =
		nso_compat_dump_attrs(cb)[NSORPHAN_A_EVENT_SINCE];
	struct nso_event_dump *dump = dump_of(cb);
	int err;

	err = nso_netlink_may_ask(cb->skb, cb->extack);
	if (err)
		return err;
	nso_recorder_at_oldest(&dump->cursor);
	dump->until = nso_recorder_next_seq();
	if (since && nla_get_u64(since) > dump->cursor.seq)
		dump->cursor.seq = nla_get_u64(since);
	return 0;
}

int nso_netlink_event_get_dump(struct sk_buff *skb,
			       struct netlink_callback *cb)
{
	struct nso_event_dump *dump = dump_of(cb);

	while (dump->cursor.seq < dump->until) {
		struct nso_recorder_cursor before = dump->cursor;
		struct nso_event event;
		u64 first;

		switch (nso_recorder_read_wait(&dump->cursor, dump->until,
					       &event, &first)) {
		case NSO_RECORDER_NONE:
			/* Without a message the dump ends, with this error. */
			return skb->len ?: -EAGAIN;
		case NSO_RECORDER_LOST:
			continue;
		case NSO_RECORDER_EVENT:
			break;
		}
		if (nso_netlink_put_event(skb, &event, NSORPHAN_CMD_EVENT_GET,
					  NETLINK_CB(cb->skb).portid,
					  cb->nlh->nlmsg_seq, NLM_F_MULTI)) {
			dump->cursor = before;
			break;
		}
	}
	return skb->len;
}

/**
 * struct nso_teardown_dump - what netlink_callback keeps between two messages
 * @iter: the next teardown or process
 * @now: begin of the dump
 */
struct nso_teardown_dump {
	struct nso_teardown_iter iter;
	u64 now;
};

static struct nso_teardown_dump *teardown_dump_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct nso_teardown_dump) > sizeof(cb->args));
	return (void *)cb->args;
}

int nso_netlink_teardown_get_start(struct netlink_callback *cb)
{
	struct nso_teardown_dump *dump = teardown_dump_of(cb);
	int err;

	err = nso_netlink_may_ask(cb->skb, cb->extack);
	if (err)
		return err;
	dump->iter = (struct nso_teardown_iter){};
	dump->now = ktime_get_boot_fast_ns();
	return 0;
}

/*
 * Appends the processes of a teardown, as many as fit, and sets count to their
 * number. Returns 0 or -EMSGSIZE if the next one does not fit; then iter is
 * before that one.
 */
static int put_processes(struct sk_buff *skb, struct nso_teardown_iter *iter,
			 unsigned int *count)
{
	struct nso_teardown_iter before = *iter;
	struct nso_remaining remaining;
	struct nso_cgroup cgroup;

	for (*count = 0; nso_teardown_iter_process(iter, &remaining, &cgroup);
	     ++*count) {
		if (nso_netlink_put_remaining(skb, &remaining)) {
			*iter = before;
			return -EMSGSIZE;
		}
		before = *iter;
	}
	return 0;
}

/*
 * Appends a teardown, or a part of it. Returns 0 when the teardown is complete,
 * -EMSGSIZE when the next message has to go on with it.
 */
static int put_teardown(struct sk_buff *skb, struct netlink_callback *cb,
			const struct nso_teardown_info *teardown)
{
	struct nso_teardown_dump *dump = teardown_dump_of(cb);
	bool first = nso_teardown_iter_at_start(&dump->iter);
	unsigned int count;
	void *header;
	int err;

	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
			     cb->nlh->nlmsg_seq, &nso_netlink_family,
			     NLM_F_MULTI, NSORPHAN_CMD_TEARDOWN_GET);
	if (!header)
		return -EMSGSIZE;
	/* A teardown that began after the dump did has not waited at all. */
	if (nso_netlink_put_teardown(skb, teardown,
				     nso_elapsed_ns(teardown->begin_ns,
						    dump->now))) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	err = put_processes(skb, &dump->iter, &count);
	/* A message without processes is only for a teardown that has none. */
	if (!count && (err || !first))
		genlmsg_cancel(skb, header);
	else
		genlmsg_end(skb, header);
	return err;
}

int nso_netlink_teardown_get_dump(struct sk_buff *skb,
				  struct netlink_callback *cb)
{
	struct nso_teardown_iter *iter = &teardown_dump_of(cb)->iter;
	struct nso_teardown_info teardown;

	while (nso_teardown_iter_get(iter, &teardown)) {
		if (put_teardown(skb, cb, &teardown))
			break;
		nso_teardown_iter_advance(iter);
	}
	return skb->len;
}

int nso_netlink_cgroup_get(struct sk_buff *request, struct genl_info *info)
{
	struct nlattr *hierarchy = info->attrs[NSORPHAN_A_CGROUP_HIERARCHY];
	struct nlattr *id = info->attrs[NSORPHAN_A_CGROUP_ID];
	struct nso_cgroup_info cgroup;
	struct sk_buff *skb;
	int err;

	err = nso_netlink_may_ask(request, info->extack);
	if (err)
		return err;
	if (!id) {
		NL_SET_ERR_MSG(info->extack, "the id of the cgroup is missing");
		return -EINVAL;
	}
	if (!nso_cgroup_table_find(nso_cgroup_key(nla_get_u64(id), hierarchy ?
						  nla_get_u32(hierarchy) : 0),
				   &cgroup))
		return -ENOENT;
	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	if (nso_netlink_put_cgroup(skb, &cgroup, info->snd_portid,
				   info->snd_seq, 0)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	return genlmsg_reply(skb, info);
}

int nso_netlink_cgroup_get_start(struct netlink_callback *cb)
{
	return nso_netlink_may_ask(cb->skb, cb->extack);
}

/* cb->args[0] is the slot to go on from. */
int nso_netlink_cgroup_get_dump(struct sk_buff *skb,
				struct netlink_callback *cb)
{
	unsigned int slot = cb->args[0];
	struct nso_cgroup_info cgroup;

	while (nso_cgroup_table_next(&slot, &cgroup)) {
		if (nso_netlink_put_cgroup(skb, &cgroup,
					   NETLINK_CB(cb->skb).portid,
					   cb->nlh->nlmsg_seq, NLM_F_MULTI))
			break;
		cb->args[0] = slot;
	}
	return skb->len;
}

int nso_netlink_container_get_start(struct netlink_callback *cb)
{
	return nso_netlink_may_ask(cb->skb, cb->extack);
}

/* cb->args[0] is the slot to go on from. */
int nso_netlink_container_get_dump(struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	struct nso_container *container;
	unsigned int slot = cb->args[0];

	/* Too large for the stack. */
	container = kmalloc(sizeof(*container), GFP_KERNEL);
	if (!container)
		return -ENOMEM;
	while (nso_container_next(&slot, container)) {
		if (nso_netlink_put_container(skb, container,
					      NETLINK_CB(cb->skb).portid,
					      cb->nlh->nlmsg_seq, NLM_F_MULTI))
			break;
		cb->args[0] = slot;
	}
	kfree(container);
	return skb->len;
}
