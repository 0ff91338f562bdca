// SPDX-License-Identifier: GPL-2.0
#include <linux/string.h>
#include <net/genetlink.h>
#include <net/netlink.h>

#include "cgroup-table.h"
#include "netlink-encode.h"
#include "netlink-family.h"
#include "nsorphan.h"

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	/* All attribute sets have the same number for pad. */
	return nla_put_u64_64bit(skb, attr, value, NSORPHAN_A_EVENT_PAD);
}

static int put_cgroup(struct sk_buff *skb, const struct nso_cgroup *cgroup,
		      int id_attr, int hierarchy_attr, int container_attr)
{
	u64 container = nso_cgroup_container(cgroup);

	return put_u64(skb, id_attr, nso_cgroup_id(cgroup->key)) ||
	       nla_put_u32(skb, hierarchy_attr,
			   nso_cgroup_hierarchy(cgroup->key)) ||
	       (container &&
		put_u64(skb, container_attr, nso_cgroup_id(container)));
}

static int put_identity(struct sk_buff *skb, const struct nso_process *process)
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
		       const struct nso_process *process)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest || put_identity(skb, process))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_process_state(struct sk_buff *skb, int attr,
			     const struct nso_process *process, u8 state)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest || put_identity(skb, process) ||
	    (state != NSO_STATE_UNKNOWN &&
	     nla_put_u32(skb, NSORPHAN_A_PROCESS_STATE, state)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_remaining_process(struct sk_buff *skb, int attr,
				 const struct nso_remaining *remaining)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest || put_identity(skb, &remaining->process) ||
	    nla_put_u32(skb, NSORPHAN_A_PROCESS_STATE, remaining->state) ||
	    (remaining->flags & NSORPHAN_REMAINING_FLAG_LIVE_THREAD &&
	     (nla_put_u32(skb, NSORPHAN_A_PROCESS_TID, remaining->tid) ||
	      nla_put_u32(skb, NSORPHAN_A_PROCESS_THREAD_STATE,
			  remaining->thread_state))))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_thread(struct sk_buff *skb, int attr,
		      const struct nso_process *process, u32 tid)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest || put_identity(skb, process) ||
	    nla_put_u32(skb, NSORPHAN_A_PROCESS_TID, tid))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_oom(struct sk_buff *skb, const struct nso_event *event)
{
	if (!event->signal.oom_cgroup)
		return 0;
	return put_u64(skb, NSORPHAN_A_EVENT_OOM_CGROUP,
		       event->signal.oom_cgroup) ||
	       (event->signal.oom_limit != U64_MAX &&
		put_u64(skb, NSORPHAN_A_EVENT_OOM_LIMIT,
			event->signal.oom_limit));
}

/* Puts who sent a signal, or why the kernel did. */
static int put_source(struct sk_buff *skb, const struct nso_event *event)
{
	const struct nso_process *process = &event->signal.sender;

	if (!event->signal.cause)
		return put_process(skb, NSORPHAN_A_EVENT_SENDER, process);
	return nla_put_u32(skb, NSORPHAN_A_EVENT_CAUSE, event->signal.cause) ||
	       (nso_event_has_thread(event) &&
		put_thread(skb, NSORPHAN_A_EVENT_THREAD, process,
			   event->signal.tid)) ||
	       (event->signal.cause == NSORPHAN_SIGNAL_CAUSE_OOM &&
		put_oom(skb, event));
}

/* tid is 0 if no thread matters. */
static int put_dead_process(struct sk_buff *skb, int attr,
			    const struct nso_process *process, u32 tid,
			    u16 status)
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

static int put_members(struct sk_buff *skb, const struct nso_event *event)
{
	const struct nso_adoption *adoption = &event->reparent.adoption;
	const struct nso_remaining *remaining =
		&event->teardown_stall.remaining;

	switch (event->type) {
	case NSORPHAN_EVENT_TYPE_REPARENT:
		return put_process_state(skb, NSORPHAN_A_EVENT_CHILD,
					 &event->reparent.child,
					 event->reparent.child_state) ||
		       put_dead_process(skb, NSORPHAN_A_EVENT_OLD_PARENT,
					&adoption->old_parent,
					adoption->old_parent_tid,
					adoption->old_parent_status) ||
		       put_process(skb, NSORPHAN_A_EVENT_NEW_PARENT,
				   &adoption->new_parent) ||
		       nla_put_u32(skb, NSORPHAN_A_EVENT_REAPER,
				   adoption->reaper) ||
		       (event->reparent.pdeath_signal &&
			nla_put_u32(skb, NSORPHAN_A_EVENT_PDEATH_SIGNAL,
				    event->reparent.pdeath_signal)) ||
		       (nso_event_crossed(event) &&
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
		       (event->teardown_end.before_load ?
				nla_put_flag(skb, NSORPHAN_A_EVENT_BEFORE_LOAD) :
				nla_put_u32(skb, NSORPHAN_A_EVENT_KILLED,
					    event->teardown_end.killed));
	case NSORPHAN_EVENT_TYPE_TEARDOWN_STALL:
		return put_u64(skb, NSORPHAN_A_EVENT_WAITED_NS,
			       event->teardown_stall.waited_ns) ||
		       (event->teardown_stall.before_load &&
			nla_put_flag(skb, NSORPHAN_A_EVENT_BEFORE_LOAD)) ||
		       put_remaining_process(skb, NSORPHAN_A_EVENT_PROCESS,
					     remaining) ||
		       put_process(skb, NSORPHAN_A_EVENT_PARENT,
				   &remaining->parent) ||
		       (remaining->has_tracer &&
			put_process(skb, NSORPHAN_A_EVENT_TRACER,
				    &remaining->tracer)) ||
		       nla_put_u32(skb, NSORPHAN_A_EVENT_FLAGS,
				   remaining->flags);
	case NSORPHAN_EVENT_TYPE_SIGNAL:
		return nla_put_u32(skb, NSORPHAN_A_EVENT_SIGNAL,
				   event->signal.signal) ||
		       put_source(skb, event) ||
		       put_process(skb, NSORPHAN_A_EVENT_TARGET,
				   &event->signal.target) ||
		       nla_put_u32(skb, NSORPHAN_A_EVENT_RESULT,
				   event->signal.result);
	}
	return 0;
}

int nso_netlink_put_event(struct sk_buff *skb, const struct nso_event *event,
			  u8 cmd, u32 portid, u32 nlseq, int flags)
{
	void *header;

	header = genlmsg_put(skb, portid, nlseq, &nso_netlink_family, flags,
			     cmd);
	if (!header)
		return -EMSGSIZE;
	if (put_u64(skb, NSORPHAN_A_EVENT_SEQ, event->seq) ||
	    put_u64(skb, NSORPHAN_A_EVENT_BOOT_NS, event->boot_ns) ||
	    nla_put_u32(skb, NSORPHAN_A_EVENT_EVENT, event->type) ||
	    nla_put_u32(skb, NSORPHAN_A_EVENT_PIDNS, nso_event_pidns(event)) ||
	    put_cgroup(skb, &event->cgroup, NSORPHAN_A_EVENT_CGROUP,
		       NSORPHAN_A_EVENT_HIERARCHY,
		       NSORPHAN_A_EVENT_CONTAINER) ||
	    put_members(skb, event)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

static int put_probe(struct sk_buff *skb, const struct nso_probe_count *probe)
{
	struct nlattr *nest = nla_nest_start(skb, NSORPHAN_A_STATUS_PROBE);

	if (!nest ||
	    nla_put_string(skb, NSORPHAN_A_PROBE_SYMBOL, probe->symbol) ||
	    put_u64(skb, NSORPHAN_A_PROBE_MISSED, probe->missed))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_probes(struct sk_buff *skb, const struct nso_status *status)
{
	unsigned int i;

	for (i = 0; i < status->nr_probes; i++)
		if (put_probe(skb, &status->probes[i]))
			return -EMSGSIZE;
	return 0;
}

static int put_status(struct sk_buff *skb, const struct nso_status *status)
{
	return nla_put_string(skb, NSORPHAN_A_STATUS_VERSION,
			      status->version) ||
	       put_u64(skb, NSORPHAN_A_STATUS_LOADED_NS, status->loaded_ns) ||
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
	       (status->sight.blind &&
		nla_put_flag(skb, NSORPHAN_A_STATUS_BLIND)) ||
	       (status->sight.from_ns &&
		put_u64(skb, NSORPHAN_A_STATUS_BLIND_FROM_NS,
			status->sight.from_ns)) ||
	       (status->sight.to_ns &&
		put_u64(skb, NSORPHAN_A_STATUS_BLIND_TO_NS,
			status->sight.to_ns)) ||
	       nla_put_u32(skb, NSORPHAN_A_STATUS_READERS,
			   status->readers) ||
	       nla_put_u32(skb, NSORPHAN_A_STATUS_TEARDOWNS,
			   status->teardowns) ||
	       put_u64(skb, NSORPHAN_A_STATUS_MISMATCHED,
		       status->mismatched) ||
	       (status->verify &&
		nla_put_flag(skb, NSORPHAN_A_STATUS_VERIFY)) ||
	       put_probes(skb, status) ||
	       put_u64(skb, NSORPHAN_A_STATUS_BYTES, status->bytes) ||
	       nla_put_u32(skb, NSORPHAN_A_STATUS_STALL_MS, status->stall_ms) ||
	       nla_put_u32(skb, NSORPHAN_A_STATUS_SIGNALS, status->signals);
}

int nso_netlink_put_status(struct sk_buff *skb, const struct nso_status *status,
			   u8 cmd, u32 portid, u32 nlseq)
{
	void *header = genlmsg_put(skb, portid, nlseq, &nso_netlink_family, 0,
				   cmd);

	if (!header || put_status(skb, status))
		return -EMSGSIZE;
	genlmsg_end(skb, header);
	return 0;
}

int nso_netlink_put_teardown(struct sk_buff *skb,
			     const struct nso_teardown_info *teardown,
			     u64 waited_ns)
{
	if (nla_put_u32(skb, NSORPHAN_A_TEARDOWN_PIDNS, teardown->pidns) ||
	    nla_put_u32(skb, NSORPHAN_A_TEARDOWN_LEVEL, teardown->level) ||
	    put_cgroup(skb, &teardown->cgroup, NSORPHAN_A_TEARDOWN_CGROUP,
		       NSORPHAN_A_TEARDOWN_HIERARCHY,
		       NSORPHAN_A_TEARDOWN_CONTAINER) ||
	    put_process(skb, NSORPHAN_A_TEARDOWN_INIT, &teardown->init) ||
	    put_u64(skb, NSORPHAN_A_TEARDOWN_WAITED_NS, waited_ns) ||
	    (teardown->before_load &&
	     nla_put_flag(skb, NSORPHAN_A_TEARDOWN_BEFORE_LOAD)))
		return -EMSGSIZE;
	return 0;
}

int nso_netlink_put_remaining(struct sk_buff *skb,
			      const struct nso_remaining *remaining)
{
	struct nlattr *nest =
		nla_nest_start(skb, NSORPHAN_A_TEARDOWN_PROCESSES);

	if (!nest ||
	    put_remaining_process(skb, NSORPHAN_A_REMAINING_PROCESS,
				  remaining) ||
	    put_process(skb, NSORPHAN_A_REMAINING_PARENT, &remaining->parent) ||
	    (remaining->has_tracer &&
	     put_process(skb, NSORPHAN_A_REMAINING_TRACER,
			 &remaining->tracer)) ||
	    nla_put_u32(skb, NSORPHAN_A_REMAINING_FLAGS, remaining->flags)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

int nso_netlink_put_cgroup(struct sk_buff *skb,
			   const struct nso_cgroup_info *info, u32 portid,
			   u32 nlseq, int flags)
{
	void *header;

	header = genlmsg_put(skb, portid, nlseq, &nso_netlink_family, flags,
			     NSORPHAN_CMD_CGROUP_GET);
	if (!header)
		return -EMSGSIZE;
	if (put_cgroup(skb, &info->cgroup, NSORPHAN_A_CGROUP_ID,
		       NSORPHAN_A_CGROUP_HIERARCHY,
		       NSORPHAN_A_CGROUP_CONTAINER) ||
	    nla_put(skb, NSORPHAN_A_CGROUP_PATH, strlen(info->path),
		    info->path)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

static int put_container_signal(struct sk_buff *skb,
				const struct nso_container_signal *signal)
{
	struct nlattr *nest = nla_nest_start(skb, NSORPHAN_A_CONTAINER_SIGNAL);

	if (!nest ||
	    nla_put_u32(skb, NSORPHAN_A_CONTAINER_SIGNAL_SIGNAL,
			signal->signal) ||
	    (signal->has_sender &&
	     (put_process(skb, NSORPHAN_A_CONTAINER_SIGNAL_SENDER,
			  &signal->sender) ||
	      put_process(skb, NSORPHAN_A_CONTAINER_SIGNAL_SENDER_PARENT,
			  &signal->sender_parent))) ||
	    (signal->sender_cgroup[0] &&
	     nla_put(skb, NSORPHAN_A_CONTAINER_SIGNAL_SENDER_CGROUP,
		     strlen(signal->sender_cgroup), signal->sender_cgroup)) ||
	    (signal->cause &&
	     nla_put_u32(skb, NSORPHAN_A_CONTAINER_SIGNAL_CAUSE,
			 signal->cause)) ||
	    (signal->oom_cgroup &&
	     (put_u64(skb, NSORPHAN_A_CONTAINER_SIGNAL_OOM_CGROUP,
		      signal->oom_cgroup) ||
	      (signal->oom_limit != U64_MAX &&
	       put_u64(skb, NSORPHAN_A_CONTAINER_SIGNAL_OOM_LIMIT,
		       signal->oom_limit)))) ||
	    nla_put_u32(skb, NSORPHAN_A_CONTAINER_SIGNAL_RESULT,
			signal->result) ||
	    put_u64(skb, NSORPHAN_A_CONTAINER_SIGNAL_FIRST_NS,
		    signal->first_ns) ||
	    put_u64(skb, NSORPHAN_A_CONTAINER_SIGNAL_LAST_NS,
		    signal->last_ns) ||
	    nla_put_u32(skb, NSORPHAN_A_CONTAINER_SIGNAL_COUNT, signal->count))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_main(struct sk_buff *skb, const struct nso_container *container)
{
	if (container->end_ns)
		return put_dead_process(skb, NSORPHAN_A_CONTAINER_MAIN,
					&container->main, 0, container->status);
	return put_process(skb, NSORPHAN_A_CONTAINER_MAIN, &container->main);
}

static int put_container(struct sk_buff *skb,
			 const struct nso_container *container)
{
	u32 i;

	if (put_u64(skb, NSORPHAN_A_CONTAINER_ID,
		    nso_cgroup_id(container->key)) ||
	    nla_put_u32(skb, NSORPHAN_A_CONTAINER_HIERARCHY,
			nso_cgroup_hierarchy(container->key)) ||
	    nla_put(skb, NSORPHAN_A_CONTAINER_PATH, strlen(container->path),
		    container->path) ||
	    put_main(skb, container) ||
	    put_u64(skb, NSORPHAN_A_CONTAINER_BEGIN_NS, container->begin_ns) ||
	    (container->end_ns &&
	     put_u64(skb, NSORPHAN_A_CONTAINER_END_NS, container->end_ns)) ||
	    (container->pidns &&
	     nla_put_u32(skb, NSORPHAN_A_CONTAINER_PIDNS, container->pidns)) ||
	    (container->teardown_begin_ns &&
	     put_u64(skb, NSORPHAN_A_CONTAINER_TEARDOWN_BEGIN_NS,
		     container->teardown_begin_ns)) ||
	    (container->teardown_end_ns &&
	     put_u64(skb, NSORPHAN_A_CONTAINER_TEARDOWN_END_NS,
		     container->teardown_end_ns)) ||
	    (nso_container_has_killed(container) &&
	     nla_put_u32(skb, NSORPHAN_A_CONTAINER_KILLED,
			 container->killed)) ||
	    nla_put_u32(skb, NSORPHAN_A_CONTAINER_ADOPTIONS,
			container->adoptions))
		return -EMSGSIZE;
	for (i = 0; i < container->nr_signals; i++)
		if (put_container_signal(skb, &container->signals[i]))
			return -EMSGSIZE;
	return 0;
}

int nso_netlink_put_container(struct sk_buff *skb,
			      const struct nso_container *container, u32 portid,
			      u32 nlseq, int flags)
{
	void *header;

	header = genlmsg_put(skb, portid, nlseq, &nso_netlink_family, flags,
			     NSORPHAN_CMD_CONTAINER_GET);
	if (!header)
		return -EMSGSIZE;
	if (put_container(skb, container)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

static int put_task_process(struct sk_buff *skb, const struct nso_task *task)
{
	struct nlattr *nest = nla_nest_start(skb, NSORPHAN_A_TASK_PROCESS);

	if (!nest || put_identity(skb, &task->process) ||
	    nla_put_u32(skb, NSORPHAN_A_PROCESS_STATE, task->leader_state) ||
	    (!nso_task_is_leader(task) &&
	     (nla_put_u32(skb, NSORPHAN_A_PROCESS_TID, task->tid) ||
	      nla_put_u32(skb, NSORPHAN_A_PROCESS_THREAD_STATE, task->state))))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int nso_netlink_put_task(struct sk_buff *skb, const struct nso_task *task,
			 u32 portid, u32 nlseq, int flags)
{
	void *header;

	header = genlmsg_put(skb, portid, nlseq, &nso_netlink_family, flags,
			     NSORPHAN_CMD_TASK_GET);
	if (!header)
		return -EMSGSIZE;
	if (put_task_process(skb, task) ||
	    put_cgroup(skb, &task->cgroup, NSORPHAN_A_TASK_CGROUP,
		       NSORPHAN_A_TASK_HIERARCHY, NSORPHAN_A_TASK_CONTAINER) ||
	    nla_put_u32(skb, NSORPHAN_A_TASK_FLAGS, task->flags)) {
		genlmsg_cancel(skb, header);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, header);
	return 0;
}

static int put_waiter(struct sk_buff *skb,
		      const struct nso_filesystem_waiter *waiter)
{
	struct nlattr *nest = nla_nest_start(skb, NSORPHAN_A_FILESYSTEM_WAITERS);

	if (!nest || nla_put_u32(skb, NSORPHAN_A_WAITER_PID, waiter->pid) ||
	    nla_put_u32(skb, NSORPHAN_A_WAITER_TID, waiter->tid))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_freeze(struct sk_buff *skb,
		      const struct nso_filesystem *filesystem)
{
	u32 i;

	if (nla_put_u32(skb, NSORPHAN_A_FILESYSTEM_DEV_MAJOR,
			MAJOR(filesystem->dev)) ||
	    nla_put_u32(skb, NSORPHAN_A_FILESYSTEM_DEV_MINOR,
			MINOR(filesystem->dev)) ||
	    nla_put_string(skb, NSORPHAN_A_FILESYSTEM_TYPE, filesystem->type) ||
	    nla_put_u32(skb, NSORPHAN_A_FILESYSTEM_FROZEN, filesystem->frozen))
		return -EMSGSIZE;
	for (i = 0; i < filesystem->nr_waiters; i++)
		if (put_waiter(skb, &filesystem->waiters[i]))
			return -EMSGSIZE;
	return filesystem->more &&
	       nla_put_flag(skb, NSORPHAN_A_FILESYSTEM_MORE);
}

int nso_netlink_put_filesystem(struct sk_buff *skb,
			       const struct nso_filesystem *filesystem,
			       u32 portid, u32 nlseq)
{
	void *header = genlmsg_put(skb, portid, nlseq, &nso_netlink_family, 0,
				   NSORPHAN_CMD_FILESYSTEM_GET);

	if (!header || put_freeze(skb, filesystem))
		return -EMSGSIZE;
	genlmsg_end(skb, header);
	return 0;
}
