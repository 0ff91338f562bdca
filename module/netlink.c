// SPDX-License-Identifier: GPL-2.0
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/capability.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "compat.h"
#include "event.h"
#include "left.h"
#include "netlink.h"
#include "probe.h"
#include "recorder.h"
#include "status.h"
#include "verify.h"

static struct genl_family family;

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	/* NSORPHAN_A_*_PAD is the same in each set. */
	return nla_put_u64_64bit(skb, attr, value, NSORPHAN_A_EVENT_PAD);
}

static int put_identity(struct sk_buff *skb, const struct process *process)
{
	return nla_put_u32(skb, NSORPHAN_A_PROCESS_PID, process->pid) ||
	       nla_put_u32(skb, NSORPHAN_A_PROCESS_NS_PID, process->ns_pid) ||
	       nla_put_u32(skb, NSORPHAN_A_PROCESS_PIDNS, process->pidns) ||
	       nla_put(skb, NSORPHAN_A_PROCESS_COMM, strlen(process->comm),
		       process->comm) ||
	       put_u64(skb, NSORPHAN_A_PROCESS_START_NS, process->start_ns) ||
	       nla_put_u32(skb, NSORPHAN_A_PROCESS_UID, process->uid);
}

static int put_process(struct sk_buff *skb, int attr,
		       const struct process *process)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest || put_identity(skb, process))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_process_state(struct sk_buff *skb, int attr,
			     const struct process *process, u8 state)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest || put_identity(skb, process) ||
	    (state != EVENT_STATE_UNKNOWN &&
	     nla_put_u32(skb, NSORPHAN_A_PROCESS_STATE, state)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_left_process(struct sk_buff *skb, int attr,
			    const struct left *left)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest || put_identity(skb, &left->process) ||
	    nla_put_u32(skb, NSORPHAN_A_PROCESS_STATE, left->state) ||
	    (left->flags & NSORPHAN_REMAINING_FLAG_LIVE_THREAD &&
	     (nla_put_u32(skb, NSORPHAN_A_PROCESS_TID, left->tid) ||
	      nla_put_u32(skb, NSORPHAN_A_PROCESS_THREAD_STATE,
			  left->thread_state))))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* tid 0: no thread matters. */
static int put_dead_process(struct sk_buff *skb, int attr,
			    const struct process *process, u32 tid, int status)
{
	struct nlattr *nest = nla_nest_start(skb, attr);
	int signal = status & 0x7f;

	if (!nest || put_identity(skb, process) ||
	    (tid && nla_put_u32(skb, NSORPHAN_A_PROCESS_TID, tid)) ||
	    (signal ?
	     nla_put_u32(skb, NSORPHAN_A_PROCESS_EXIT_SIGNAL, signal) :
	     nla_put_u32(skb, NSORPHAN_A_PROCESS_EXIT_CODE,
			 (status >> 8) & 0xff)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_members(struct sk_buff *skb, const struct event *event)
{
	const struct orphaning *orphaning = &event->reparent.orphaning;
	const struct left *left = &event->teardown_stall.left;

	switch (event->type) {
	case NSORPHAN_EVENT_TYPE_REPARENT:
		return put_process_state(skb, NSORPHAN_A_EVENT_CHILD,
					 &event->reparent.child,
					 event->reparent.child_state) ||
		       put_dead_process(skb, NSORPHAN_A_EVENT_OLD_PARENT,
					&orphaning->old_parent,
					orphaning->old_parent_tid,
					orphaning->old_parent_status) ||
		       put_process(skb, NSORPHAN_A_EVENT_NEW_PARENT,
				   &orphaning->new_parent) ||
		       nla_put_u32(skb, NSORPHAN_A_EVENT_REAPER,
				   orphaning->reaper) ||
		       (event->reparent.pdeath_signal &&
			nla_put_u32(skb, NSORPHAN_A_EVENT_PDEATH_SIGNAL,
				    event->reparent.pdeath_signal)) ||
		       (event_crossed(event) &&
			nla_put_flag(skb, NSORPHAN_A_EVENT_CROSSED));
	case NSORPHAN_EVENT_TYPE_TEARDOWN_BEGIN:
		return put_dead_process(skb, NSORPHAN_A_EVENT_INIT,
					&event->teardown_begin.init, 0,
					event->teardown_begin.init_status) ||
		       put_process(skb, NSORPHAN_A_EVENT_INIT_PARENT,
				   &event->teardown_begin.init_parent) ||
		       nla_put_u32(skb, NSORPHAN_A_EVENT_LEVEL,
				   event->teardown_begin.level) ||
		       nla_put_u32(skb, NSORPHAN_A_EVENT_PROCESSES,
				   event->teardown_begin.processes);
	case NSORPHAN_EVENT_TYPE_TEARDOWN_KILL:
		return put_process_state(skb, NSORPHAN_A_EVENT_PROCESS,
					 &event->teardown_kill.process,
					 event->teardown_kill.process_state) ||
		       put_process(skb, NSORPHAN_A_EVENT_PARENT,
				   &event->teardown_kill.parent);
	case NSORPHAN_EVENT_TYPE_TEARDOWN_END:
		return put_process(skb, NSORPHAN_A_EVENT_INIT,
				   &event->teardown_end.init) ||
		       put_u64(skb, NSORPHAN_A_EVENT_DURATION_NS,
			       event->teardown_end.duration_ns) ||
		       nla_put_u32(skb, NSORPHAN_A_EVENT_KILLED,
				   event->teardown_end.killed);
	case NSORPHAN_EVENT_TYPE_TEARDOWN_STALL:
		return put_u64(skb, NSORPHAN_A_EVENT_WAITED_NS,
			       event->teardown_stall.waited_ns) ||
		       put_left_process(skb, NSORPHAN_A_EVENT_PROCESS, left) ||
		       put_process(skb, NSORPHAN_A_EVENT_PARENT,
				   &left->parent) ||
		       (left->has_tracer &&
			put_process(skb, NSORPHAN_A_EVENT_TRACER,
				    &left->tracer)) ||
		       nla_put_u32(skb, NSORPHAN_A_EVENT_FLAGS, left->flags);
	case NSORPHAN_EVENT_TYPE_SIGNAL:
		return nla_put_u32(skb, NSORPHAN_A_EVENT_SIGNAL,
				   event->signal.signal) ||
		       (event->signal.has_sender &&
			put_process(skb, NSORPHAN_A_EVENT_SENDER,
				    &event->signal.sender)) ||
		       put_process(skb, NSORPHAN_A_EVENT_TARGET,
				   &event->signal.target) ||
		       nla_put_u32(skb, NSORPHAN_A_EVENT_RESULT,
				   event->signal.result);
	}
	return 0;
}

/* Appends one message, or nothing and -EMSGSIZE if it does not fit. */
static int put_event(struct sk_buff *skb, const struct event *event, u8 cmd,
		     u32 portid, u32 nlseq, int flags)
{
	void *header = genlmsg_put(skb, portid, nlseq, &family, flags, cmd);

	if (!header)
		return -EMSGSIZE;
	if (put_u64(skb, NSORPHAN_A_EVENT_SEQ, event->seq) ||
	    put_u64(skb, NSORPHAN_A_EVENT_BOOT_NS, event->boot_ns) ||
	    nla_put_u32(skb, NSORPHAN_A_EVENT_EVENT, event->type) ||
	    nla_put_u32(skb, NSORPHAN_A_EVENT_PIDNS, event_pidns(event)) ||
	    put_u64(skb, NSORPHAN_A_EVENT_CGROUP, event->cgroup) ||
	    put_members(skb, event)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

static int put_probe(struct sk_buff *skb, const struct probe_count *probe)
{
	struct nlattr *nest = nla_nest_start(skb, NSORPHAN_A_STATUS_PROBE);

	if (!nest ||
	    nla_put_string(skb, NSORPHAN_A_PROBE_SYMBOL, probe->symbol) ||
	    put_u64(skb, NSORPHAN_A_PROBE_MISSED, probe->missed))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_probes(struct sk_buff *skb, const struct status *status)
{
	unsigned int i;

	for (i = 0; i < status->nr_probes; i++)
		if (put_probe(skb, &status->probes[i]))
			return -EMSGSIZE;
	return 0;
}

static int put_status(struct sk_buff *skb, const struct status *status)
{
	return nla_put_string(skb, NSORPHAN_A_STATUS_VERSION,
			      status->version) ||
	       nla_put_string(skb, NSORPHAN_A_STATUS_KERNEL,
			      status->kernel) ||
	       nla_put_string(skb, NSORPHAN_A_STATUS_REPARENT_PROBE,
			      status->reparent_probe) ||
	       nla_put_string(skb, NSORPHAN_A_STATUS_TEARDOWN_PROBE,
			      status->teardown_probe) ||
	       nla_put_u32(skb, NSORPHAN_A_STATUS_RECORDS,
			   status->recorder.records) ||
	       put_u64(skb, NSORPHAN_A_STATUS_OLDEST_SEQ,
		       status->recorder.oldest_seq) ||
	       put_u64(skb, NSORPHAN_A_STATUS_NEXT_SEQ,
		       status->recorder.next_seq) ||
	       put_u64(skb, NSORPHAN_A_STATUS_OVERWRITTEN,
		       status->recorder.overwritten) ||
	       put_u64(skb, NSORPHAN_A_STATUS_DROPPED,
		       status->recorder.dropped) ||
	       put_u64(skb, NSORPHAN_A_STATUS_MISSED, status->missed) ||
	       nla_put_u32(skb, NSORPHAN_A_STATUS_READERS,
			   status->readers) ||
	       nla_put_u32(skb, NSORPHAN_A_STATUS_TEARDOWNS,
			   status->teardowns) ||
	       put_u64(skb, NSORPHAN_A_STATUS_MISMATCHED,
		       status->mismatched) ||
	       (status->verify &&
		nla_put_flag(skb, NSORPHAN_A_STATUS_VERIFY)) ||
	       put_probes(skb, status) ||
	       put_u64(skb, NSORPHAN_A_STATUS_BYTES, status->recorder.bytes) ||
	       nla_put_u32(skb, NSORPHAN_A_STATUS_STALL_MS, status->stall_ms) ||
	       nla_put_u32(skb, NSORPHAN_A_STATUS_SIGNALS, status->signals);
}

static int put_status_message(struct sk_buff *skb, u8 cmd, u32 portid,
			      u32 nlseq, const struct status *status)
{
	void *header = genlmsg_put(skb, portid, nlseq, &family, 0, cmd);

	if (!header || put_status(skb, status))
		return -EMSGSIZE;
	genlmsg_end(skb, header);
	return 0;
}

/*
 * Out to the multicast group: a worker reads the recorder as any reader does
 * and packs as many events into a buffer as fit.
 */

/* Where the worker goes on; its own. */
static struct recorder_cursor pump_cursor;
/* Nobody listened to the events before this one. */
static atomic64_t pump_skip = ATOMIC64_INIT(1);

/* NULL without memory: then the listeners are told ENOBUFS, as below. */
static struct sk_buff *pump_buffer(void)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb)
		genl_set_err(&family, &init_net, 0, 0, -ENOBUFS);
	return skb;
}

static void pump_send(struct sk_buff *skb)
{
	/*
	 * A listener whose socket is full is told ENOBUFS by the socket, and
	 * dumps what it lacks; nothing to do for it here.
	 */
	genlmsg_multicast(&family, skb, 0, 0, GFP_KERNEL);
}

/* What the last announcement said; the worker's own. */
static u64 told_missed, told_mismatched;

/*
 * What was not seen, or seen wrongly, makes no event. It may grow at any moment:
 * what is remembered is what the message says, not what was asked for before.
 */
static void announce_status(void)
{
	struct status status;
	struct sk_buff *skb;
	bool grown;

	if (probe_missed() == told_missed &&
	    verify_mismatched() == told_mismatched)
		return;
	status_get(&status);
	grown = status.missed > told_missed ||
		status.mismatched > told_mismatched;
	/* Less, once a second way in is no longer watched, is no news. */
	told_missed = status.missed;
	told_mismatched = status.mismatched;
	if (!grown)
		return;
	skb = pump_buffer();
	if (!skb)
		return;
	if (put_status_message(skb, NSORPHAN_CMD_STATUS_NTF, 0, 0, &status)) {
		nlmsg_free(skb);
		return;
	}
	pump_send(skb);
}

static void pump(struct work_struct *work)
{
	u64 skip = atomic64_read(&pump_skip);
	struct sk_buff *skb = NULL;
	struct event event;
	enum recorder_result result;
	u64 first;

	if (pump_cursor.seq < skip)
		pump_cursor.seq = skip;

	while ((result = recorder_read(&pump_cursor, &event, &first)) !=
	       RECORDER_NONE) {
		/* The gap in the numbers tells the listeners. */
		if (result == RECORDER_LOST)
			continue;
		if (skb && put_event(skb, &event, NSORPHAN_CMD_EVENT_NTF,
				     0, 0, 0)) {
			pump_send(skb);
			skb = NULL;
			cond_resched();
		}
		if (skb)
			continue;
		skb = pump_buffer();
		if (skb && put_event(skb, &event, NSORPHAN_CMD_EVENT_NTF,
				     0, 0, 0)) {
			nlmsg_free(skb);
			skb = NULL;
		}
	}
	if (skb)
		pump_send(skb);
	announce_status();
}

static DECLARE_WORK(pump_work, pump);

bool netlink_listening(void)
{
	return genl_has_listeners(&family, &init_net, 0);
}

static bool pump_wanted(void)
{
	if (netlink_listening())
		return true;
	/*
	 * A hint only: should it miss an event whose listener came this very
	 * moment, that listener sees a gap and dumps it.
	 */
	atomic64_set(&pump_skip, recorder_next_seq());
	return false;
}

static void pump_wake(void)
{
	schedule_work(&pump_work);
}

static struct recorder_watch pump_watch = {
	.wants = pump_wanted,
	.wake = pump_wake,
};

static int may_ask(struct sk_buff *skb, struct netlink_ext_ack *extack)
{
	/* GENL_ADMIN_PERM would be CAP_NET_ADMIN, which is not about this. */
	if (netlink_capable(skb, CAP_SYS_ADMIN))
		return 0;
	NL_SET_ERR_MSG(extack, "CAP_SYS_ADMIN is needed");
	return -EPERM;
}

static int status_get_doit(struct sk_buff *request, struct genl_info *info)
{
	struct status status;
	struct sk_buff *skb;
	int err;

	err = may_ask(request, info->extack);
	if (err)
		return err;
	skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	status_get(&status);
	if (put_status_message(skb, NSORPHAN_CMD_STATUS_GET, info->snd_portid,
			       info->snd_seq, &status)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	return genlmsg_reply(skb, info);
}

/* What a dump keeps between its messages, in netlink_callback. */
struct dump {
	struct recorder_cursor cursor;
	u64 until;
};

static struct dump *dump_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct dump) > sizeof(cb->args));
	return (void *)cb->args;
}

static int event_get_start(struct netlink_callback *cb)
{
	struct nlattr *since = compat_dump_attrs(cb)[NSORPHAN_A_EVENT_SINCE];
	struct dump *dump = dump_of(cb);
	int err;

	err = may_ask(cb->skb, cb->extack);
	if (err)
		return err;
	recorder_at_oldest(&dump->cursor);
	dump->until = recorder_next_seq();
	if (since && nla_get_u64(since) > dump->cursor.seq)
		dump->cursor.seq = nla_get_u64(since);
	return 0;
}

static int event_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct dump *dump = dump_of(cb);

	while (dump->cursor.seq < dump->until) {
		struct recorder_cursor before = dump->cursor;
		struct event event;
		u64 first;

		switch (recorder_read(&dump->cursor, &event, &first)) {
		case RECORDER_NONE:
			return skb->len;
		case RECORDER_LOST:
			continue;
		case RECORDER_EVENT:
			break;
		}
		if (put_event(skb, &event, NSORPHAN_CMD_EVENT_GET,
			      NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq,
			      NLM_F_MULTI)) {
			dump->cursor = before;
			break;
		}
	}
	return skb->len;
}

/* What a dump of the teardowns keeps. */
struct teardown_dump {
	struct left_cursor cursor;
	u64 now;
};

static struct teardown_dump *teardown_dump_of(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct teardown_dump) > sizeof(cb->args));
	return (void *)cb->args;
}

static int teardown_get_start(struct netlink_callback *cb)
{
	struct teardown_dump *dump = teardown_dump_of(cb);
	int err;

	err = may_ask(cb->skb, cb->extack);
	if (err)
		return err;
	dump->cursor = (struct left_cursor) {};
	dump->now = ktime_get_boot_fast_ns();
	return 0;
}

static int put_left(struct sk_buff *skb, const struct left *left)
{
	struct nlattr *nest = nla_nest_start(skb, NSORPHAN_A_TEARDOWN_PROCESSES);

	if (!nest || put_left_process(skb, NSORPHAN_A_REMAINING_PROCESS, left) ||
	    put_process(skb, NSORPHAN_A_REMAINING_PARENT, &left->parent) ||
	    (left->has_tracer &&
	     put_process(skb, NSORPHAN_A_REMAINING_TRACER, &left->tracer)) ||
	    nla_put_u32(skb, NSORPHAN_A_REMAINING_FLAGS, left->flags)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

/*
 * As many of the processes as fit. Returns how many were put, and -EMSGSIZE if
 * the next does not fit; then cursor is before that one.
 */
static int put_lefts(struct sk_buff *skb, struct left_cursor *cursor,
		     unsigned int *count)
{
	struct left_cursor before = *cursor;
	struct left left;
	u64 cgroup;

	for (*count = 0; left_process(cursor, &left, &cgroup); ++*count) {
		if (put_left(skb, &left)) {
			*cursor = before;
			return -EMSGSIZE;
		}
		before = *cursor;
	}
	return 0;
}

/*
 * Appends a teardown, or a part of it. Returns 0 when it is done with that one,
 * -EMSGSIZE when it has to go on in another buffer.
 */
static int put_teardown(struct sk_buff *skb, struct netlink_callback *cb,
			const struct left_teardown *teardown)
{
	struct teardown_dump *dump = teardown_dump_of(cb);
	bool first = left_begins(&dump->cursor);
	unsigned int count;
	void *header;
	int err;

	header = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
			     cb->nlh->nlmsg_seq, &family, NLM_F_MULTI,
			     NSORPHAN_CMD_TEARDOWN_GET);
	if (!header)
		return -EMSGSIZE;
	/* One that began since then has waited for no time. */
	if (nla_put_u32(skb, NSORPHAN_A_TEARDOWN_PIDNS, teardown->pidns) ||
	    nla_put_u32(skb, NSORPHAN_A_TEARDOWN_LEVEL, teardown->level) ||
	    put_u64(skb, NSORPHAN_A_TEARDOWN_CGROUP, teardown->cgroup) ||
	    put_process(skb, NSORPHAN_A_TEARDOWN_INIT, &teardown->init) ||
	    put_u64(skb, NSORPHAN_A_TEARDOWN_WAITED_NS,
		    max(dump->now, teardown->begin_ns) - teardown->begin_ns)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	err = put_lefts(skb, &dump->cursor, &count);
	/* Without a process it says something only if nothing else does. */
	if (!count && (err || !first))
		genlmsg_cancel(skb, header);
	else
		genlmsg_end(skb, header);
	return err;
}

static int teardown_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct left_cursor *cursor = &teardown_dump_of(cb)->cursor;
	struct left_teardown teardown;

	while (left_teardown(cursor, &teardown)) {
		if (put_teardown(skb, cb, &teardown))
			break;
		left_skip(cursor);
	}
	return skb->len;
}

static const struct nla_policy event_get_policy[NSORPHAN_A_EVENT_MAX + 1] = {
	[NSORPHAN_A_EVENT_SINCE] = { .type = NLA_U64 },
};

static const struct genl_ops ops[] = {
	{
		.cmd = NSORPHAN_CMD_STATUS_GET,
		.doit = status_get_doit,
	},
	{
		.cmd = NSORPHAN_CMD_EVENT_GET,
		.start = event_get_start,
		.dumpit = event_get_dumpit,
		.policy = event_get_policy,
		.maxattr = NSORPHAN_A_EVENT_MAX,
	},
	{
		.cmd = NSORPHAN_CMD_TEARDOWN_GET,
		.start = teardown_get_start,
		.dumpit = teardown_get_dumpit,
	},
};

static const struct genl_multicast_group groups[] = {
	{ .name = NSORPHAN_MCGRP_EVENTS, COMPAT_MCAST_CAP_SYS_ADMIN },
};

static struct genl_family family __ro_after_init = {
	.name = NSORPHAN_FAMILY_NAME,
	.version = NSORPHAN_FAMILY_VERSION,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

int netlink_start(void)
{
	int err;

	err = genl_register_family(&family);
	if (err) {
		pr_err("cannot register the netlink family (%d)\n", err);
		return err;
	}
	recorder_at_next(&pump_cursor);
	recorder_add_watch(&pump_watch);
	return 0;
}

void netlink_stop(void)
{
	recorder_del_watch(&pump_watch);
	cancel_work_sync(&pump_work);
	genl_unregister_family(&family);
}
