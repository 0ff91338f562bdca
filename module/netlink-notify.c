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

#include "canary.h"
#include "crosscheck.h"
#include "event.h"
#include "netlink-encode.h"
#include "netlink-family.h"
#include "netlink-notify.h"
#include "nsorphan.h"
#include "probe.h"
#include "recorder-wake.h"
#include "recorder.h"
#include "status.h"

/*
 * Sends may be long work, so they have a queue of their own that is bound to no
 * processor.
 */
static struct workqueue_struct *queue;

/* The position of the worker, which alone uses it. */
static struct nso_recorder_cursor pump_cursor;

/*
 * No event below this number is owed to any listener: see pump_wanted(). A new
 * listener would get up to two rings of old events otherwise.
 */
static atomic64_t pump_skip = ATOMIC64_INIT(1);

/*
 * Returns a new buffer, or NULL without memory; then the listeners are sent
 * ENOBUFS, as for a full socket.
 */
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
	 * Errors need no handling: netlink itself reports ENOBUFS to a listener
	 * whose socket is full, and that listener dumps what it lacks.
	 */
	genlmsg_multicast(&nso_netlink_family, skb, 0, 0, GFP_KERNEL);
}

/* What the last announcement says. Only the worker uses them. */
static u64 reported_missed, reported_mismatched;
static bool reported_blind;

/*
 * Sends the status if more hits were missed, or adoptions mismatched, than the
 * last announcement says, or if probes are called no more, or again: no event
 * tells of those. The sums may grow at any moment, so what is remembered are
 * the sums in the message.
 */
static void announce_status(void)
{
	struct nso_status status;
	struct nso_sight sight;
	struct sk_buff *skb;
	bool news;

	nso_canary_look(&sight);
	if (nso_probe_missed() == reported_missed &&
	    nso_crosscheck_mismatched() == reported_mismatched &&
	    sight.blind == reported_blind)
		return;
	nso_status_get(&status);
	news = status.missed > reported_missed ||
	       status.mismatched > reported_mismatched ||
	       status.sight.blind != reported_blind;
	/*
	 * The sum drops when the crosscheck hook is detached; don't announce
	 * that.
	 */
	reported_missed = status.missed;
	reported_mismatched = status.mismatched;
	reported_blind = status.sight.blind;
	if (!news)
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

/* Appends an event; returns skb, or NULL if skb is NULL or has no room. */
static struct sk_buff *pump_put(struct sk_buff *skb,
				const struct nso_event *event)
{
	if (!skb || nso_netlink_put_event(skb, event, NSORPHAN_CMD_EVENT_NTF, 0,
					  0, 0))
		return NULL;
	return skb;
}

static void pump(struct work_struct *work)
{
	u64 skip = atomic64_read(&pump_skip);
	enum nso_recorder_result result;
	struct sk_buff *skb = NULL;
	struct nso_event event;
	u64 first;

	if (pump_cursor.seq < skip)
		pump_cursor.seq = skip;

	while ((result = nso_recorder_read(&pump_cursor, &event, &first)) !=
	       NSO_RECORDER_NONE) {
		/* Listeners see lost events as a gap in the numbers. */
		if (result == NSO_RECORDER_LOST || pump_put(skb, &event))
			continue;
		if (skb) {
			pump_send(skb);
			cond_resched();
		}
		skb = pump_buffer();
		if (skb && !pump_put(skb, &event)) {
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

/*
 * Tells whether any client listens. If not, the events drawn until now need not
 * be sent: a client that joins the group from now on finds them in a dump. An
 * event that is drawn after a client joined is always sent.
 *
 * For that, the next number is read before the listeners are looked for. If a
 * client joins and then causes an event, the join is visible to every processor
 * that sees the event drawn: the smp_rmb() here pairs with the release of
 * netlink's table lock in the join. In the other order, an event that came
 * together with its listener between the two reads would be skipped.
 */
static bool pump_wanted(void)
{
	u64 next = nso_recorder_next_seq();

	/* The number before the listeners: see above. */
	smp_rmb();
	if (is_listening())
		return true;
	if (atomic64_read(&pump_skip) < next)
		atomic64_set(&pump_skip, next);
	return false;
}

static void pump_wake(void)
{
	queue_work(queue, &pump_work);
}

static u32 count_readers(void)
{
	return is_listening();
}

static struct nso_recorder_watch pump_watch = {
	.wants = pump_wanted,
	.wake = pump_wake,
	.readers = count_readers,
};

int nso_netlink_notify_init(void)
{
	queue = alloc_workqueue("nsorphan", WQ_UNBOUND, 1);
	if (!queue)
		return -ENOMEM;
	nso_recorder_at_next(&pump_cursor);
	return 0;
}

void nso_netlink_notify_start(void)
{
	nso_recorder_add_watch(&pump_watch);
	/* Events since the family was registered did not wake the worker. */
	pump_wake();
}

void nso_netlink_notify_stop(void)
{
	nso_recorder_del_watch(&pump_watch);
	/* The last events are still sent. */
	flush_workqueue(queue);
}

void nso_netlink_notify_exit(void)
{
	destroy_workqueue(queue);
}
