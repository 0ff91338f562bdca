// SPDX-License-Identifier: GPL-2.0
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/preempt.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "late-teardown.h"
#include "recorder-wake.h"
#include "recorder-writer.h"
#include "remaining.h"
#include "stall.h"
#include "teardown.h"

static unsigned int stall_ms = 10000;

/**
 * struct nso_stall - when the teardown in a slot is due
 * @begin_ns: begin of the teardown that this is about
 * @due_ns: age at which its next teardown-stall events are due
 * @ms: value of the parameter that @due_ns results from
 *
 * Only the worker uses these.
 */
static struct nso_stall {
	u64 begin_ns;
	u64 due_ns;
	unsigned int ms;
} stalls[NSO_TEARDOWN_MAX];

static void work_on_stalls(struct work_struct *work);
static DECLARE_DELAYED_WORK(stall_work, work_on_stalls);
static struct irq_work note_work;

/*
 * Whether the worker is armed, and for when, in jiffies. The worker clears
 * `armed` before it looks at the teardowns, so a teardown that begins later
 * arms it again; an earlier deadline brings it forward. The worker is not armed
 * while no teardown runs.
 */
static DEFINE_RAW_SPINLOCK(arm_lock);
static bool armed;
static bool stopped;
static unsigned long armed_for;

static bool stalls_wanted(void)
{
	return !stopped && READ_ONCE(stall_ms) && nso_teardown_running();
}

/* Arms the worker to run after delay jiffies at the latest, if it is needed. */
static void arm(unsigned long delay)
{
	unsigned long when = jiffies + delay, flags;

	raw_spin_lock_irqsave(&arm_lock, flags);
	if (!stalls_wanted()) {
		cancel_delayed_work(&stall_work);
		armed = false;
	} else if (!armed || time_before(when, armed_for)) {
		cancel_delayed_work(&stall_work);
		schedule_delayed_work(&stall_work, delay);
		armed = true;
		armed_for = when;
	}
	raw_spin_unlock_irqrestore(&arm_lock, flags);
}

static void disarmed(void)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&arm_lock, flags);
	armed = false;
	raw_spin_unlock_irqrestore(&arm_lock, flags);
}

static void record(const struct nso_teardown_info *teardown,
		   const struct nso_remaining *remaining,
		   const struct nso_cgroup *cgroup)
{
	struct nso_recorder_slot *slot;
	struct nso_event *event;

	preempt_disable();
	if (nso_recorder_reserve(&slot, NSORPHAN_EVENT_TYPE_TEARDOWN_STALL,
				 ktime_get_boot_fast_ns())) {
		event = &slot->event;
		event->teardown_stall.remaining = *remaining;
		event->teardown_stall.waited_ns =
			nso_elapsed_ns(teardown->begin_ns, event->boot_ns);
		event->teardown_stall.before_load = teardown->before_load;
		event->pidns = teardown->pidns;
		event->cgroup = *cgroup;
		nso_recorder_commit(slot);
	}
	nso_recorder_wake();
	preempt_enable();
}

static void record_all(struct nso_teardown_iter *iter,
		       const struct nso_teardown_info *teardown)
{
	struct nso_remaining remaining;
	struct nso_cgroup cgroup;

	while (nso_teardown_iter_process(iter, &remaining, &cgroup))
		record(teardown, &remaining, &cgroup);
}

/* Records what is due; returns the time in ns until more is due. */
static u64 record_due(struct nso_teardown_iter *iter,
		      const struct nso_teardown_info *teardown, unsigned int ms)
{
	struct nso_stall *stall = &stalls[iter->slot];
	u64 age = nso_elapsed_ns(teardown->begin_ns, ktime_get_boot_fast_ns());

	if (stall->begin_ns != teardown->begin_ns || stall->ms != ms) {
		stall->begin_ns = teardown->begin_ns;
		stall->due_ns = (u64)ms * NSEC_PER_MSEC;
		stall->ms = ms;
	}
	if (age >= stall->due_ns) {
		record_all(iter, teardown);
		age = nso_elapsed_ns(teardown->begin_ns,
				     ktime_get_boot_fast_ns());
		while (stall->due_ns <= age)
			stall->due_ns *= 2;
	}
	return stall->due_ns - age;
}

static void work_on_stalls(struct work_struct *work)
{
	unsigned int ms = READ_ONCE(stall_ms);
	struct nso_teardown_info teardown;
	struct nso_teardown_iter iter = {};
	u64 next = U64_MAX;

	disarmed();
	nso_late_teardown_check();
	if (!ms)
		return;
	for (; nso_teardown_iter_get(&iter, &teardown);
	     nso_teardown_iter_advance(&iter))
		next = min(next, record_due(&iter, &teardown, ms));
	/*
	 * Round up by one jiffy so that the timer never fires before the
	 * deadline.
	 */
	if (next != U64_MAX)
		arm(nsecs_to_jiffies(next) + 1);
}

static void note(struct irq_work *work)
{
	arm(msecs_to_jiffies(READ_ONCE(stall_ms)) + 1);
}

void nso_stall_note(void)
{
	irq_work_queue(&note_work);
}

void nso_stall_set_ms(unsigned int ms)
{
	WRITE_ONCE(stall_ms, ms);
	/* At once: some teardowns may be older than the new value already. */
	arm(0);
}

unsigned int nso_stall_get_ms(void)
{
	return READ_ONCE(stall_ms);
}

void nso_stall_init(void)
{
	init_irq_work(&note_work, note);
}

void nso_stall_exit(void)
{
	unsigned long flags;

	/* The parameter can still be written. */
	raw_spin_lock_irqsave(&arm_lock, flags);
	stopped = true;
	raw_spin_unlock_irqrestore(&arm_lock, flags);
	irq_work_sync(&note_work);
	cancel_delayed_work_sync(&stall_work);
}
