// SPDX-License-Identifier: GPL-2.0
/*
 * The multicast group: a worker reads the recorder as any other reader does and
 * packs as many events into a buffer as fit.
 */
#include <linux/atomic.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "crosscheck.h"
#include "event.h"
#include "netlink-encode.h"
#include "netlink-family.h"
#include "netlink-notify.h"
#include "nsorphan.h"
#include "probe.h"
#include "recorder.h"
#include "status.h"

/* Where the worker goes on; its own. */
static struct nso_recorder_cursor pump_cursor;
/* Nobody listened to the events before this one. */
static atomic64_t pump_skip = ATOMIC64_INIT(1);

/* NULL without memory: then the listeners are told ENOBUFS, as below. */
static struct sk_buff *pump_buffer(void)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb)
		genl_set_err(&nso_netlink_family, &init_net, 0, 0, -ENOBUFS);
	return skb;
}

static void pump_send(struct sk_buff *skb)
{
	/*
	 * A listener whose socket is full is told ENOBUFS by the socket, and
	 * dumps what it lacks; nothing to do for it here.
	 */
	genlmsg_multicast(&nso_netlink_family, skb, 0, 0, GFP_KERNEL);
}

/* What the last announcement said; the worker's own. */
static u64 reported_missed, reported_mismatched;

/*
 * What was not seen, or seen wrongly, makes no event. It may grow at any moment:
 * what is remembered is what the message says, not what was asked for before.
 */
static void announce_status(void)
{
	struct nso_status status;
	struct sk_buff *skb;
	bool grown;

	if (nso_probe_missed() == reported_missed &&
	    nso_crosscheck_mismatched() == reported_mismatched)
		return;
	nso_status_get(&status);
	grown = status.missed > reported_missed ||
		status.mismatched > reported_mismatched;
	/* Less, once a second way in is no longer watched, is no news. */
	reported_missed = status.missed;
	reported_mismatched = status.mismatched;
	if (!grown)
		return;
	skb = pump_buffer();
	if (!skb)
		return;
	if (nso_netlink_put_status(skb, &status, NSORPHAN_CMD_STATUS_NTF, 0,
				   0)) {
		nlmsg_free(skb);
		return;
	}
	pump_send(skb);
}

static void pump(struct work_struct *work)
{
	u64 skip = atomic64_read(&pump_skip);
	struct sk_buff *skb = NULL;
	struct nso_event event;
	enum nso_recorder_result result;
	u64 first;

	if (pump_cursor.seq < skip)
		pump_cursor.seq = skip;

	while ((result = nso_recorder_read(&pump_cursor, &event, &first)) !=
	       NSO_RECORDER_NONE) {
		/* The gap in the numbers tells the listeners. */
		if (result == NSO_RECORDER_LOST)
			continue;
		if (skb && nso_netlink_put_event(skb, &event,
						 NSORPHAN_CMD_EVENT_NTF,
						 0, 0, 0)) {
			pump_send(skb);
			skb = NULL;
			cond_resched();
		}
		if (skb)
			continue;
		skb = pump_buffer();
		if (skb && nso_netlink_put_event(skb, &event,
						 NSORPHAN_CMD_EVENT_NTF,
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

static bool is_listening(void)
{
	return genl_has_listeners(&nso_netlink_family, &init_net, 0);
}

static u32 count_readers(void)
{
	return is_listening();
}

static bool pump_wanted(void)
{
	if (is_listening())
		return true;
	/*
	 * A hint only: should it miss an event whose listener came this very
	 * moment, that listener sees a gap and dumps it.
	 */
	atomic64_set(&pump_skip, nso_recorder_next_seq());
	return false;
}

static void pump_wake(void)
{
	schedule_work(&pump_work);
}

static struct nso_recorder_watch pump_watch = {
	.wants = pump_wanted,
	.wake = pump_wake,
	.readers = count_readers,
};

void nso_netlink_notify_init(void)
{
	nso_recorder_at_next(&pump_cursor);
	nso_recorder_add_watch(&pump_watch);
}

void nso_netlink_notify_exit(void)
{
	nso_recorder_del_watch(&pump_watch);
	cancel_work_sync(&pump_work);
}
