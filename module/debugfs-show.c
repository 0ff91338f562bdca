// SPDX-License-Identifier: GPL-2.0
#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/seq_file.h>

#include "debugfs-show.h"
#include "nsorphan-names.h"

/* Escapes everything but visible ASCII, so that spaces separate values. */
static void show_escaped(struct seq_file *m, const char *s)
{
	for (; *s; s++) {
		unsigned char c = *s;

		if (c > ' ' && c < 0x7f && c != '\\')
			seq_putc(m, c);
		else
			seq_printf(m, "\\x%02x", c);
	}
}

static void show_cgroup(struct seq_file *m, const struct nso_cgroup *cgroup)
{
	u64 container = nso_cgroup_container(cgroup);

	seq_printf(m, " cgroup=%llu hierarchy=%s", nso_cgroup_id(cgroup->key),
		   nsorphan_hierarchy_names[nso_cgroup_hierarchy(cgroup->key)]);
	if (container)
		seq_printf(m, " container=%llu", nso_cgroup_id(container));
}

static void show_process(struct seq_file *m, const char *prefix,
			 const struct nso_process *process)
{
	seq_printf(m, " %s.pid=%u %s.ns_pid=%u %s.pidns=%u %s.comm=", prefix,
		   process->pid, prefix, process->ns_pid, prefix,
		   process->pidns, prefix);
	show_escaped(m, process->comm);
	seq_printf(m, " %s.start_ns=%llu %s.uid=%u", prefix, process->start_ns,
		   prefix, process->uid);
}

static void show_state(struct seq_file *m, const char *prefix, u8 state)
{
	if (state != NSO_STATE_UNKNOWN)
		seq_printf(m, " %s.state=%s", prefix,
			   nsorphan_state_names[state]);
}

static void show_exit(struct seq_file *m, const char *prefix, u16 status)
{
	if (status & 0x7f)
		seq_printf(m, " %s.exit_signal=%d", prefix, status & 0x7f);
	else
		seq_printf(m, " %s.exit_code=%d", prefix, (status >> 8) & 0xff);
}

static void show_flags(struct seq_file *m, u32 flags)
{
	const char *comma = "";
	int i;

	seq_puts(m, " flags=");
	for (i = 0; i < ARRAY_SIZE(nsorphan_remaining_flag_names); i++) {
		if (!(flags & BIT(i)))
			continue;
		seq_printf(m, "%s%s", comma, nsorphan_remaining_flag_names[i]);
		comma = ",";
	}
}

static void show_before_load(struct seq_file *m)
{
	seq_puts(m, " before_load=true");
}

static void show_remaining(struct seq_file *m,
			   const struct nso_remaining *remaining)
{
	show_process(m, "process", &remaining->process);
	show_state(m, "process", remaining->state);
	if (remaining->flags & NSORPHAN_REMAINING_FLAG_LIVE_THREAD)
		seq_printf(m, " process.tid=%u process.thread_state=%s",
			   remaining->tid,
			   nsorphan_state_names[remaining->thread_state]);
	show_process(m, "parent", &remaining->parent);
	if (remaining->has_tracer)
		show_process(m, "tracer", &remaining->tracer);
	show_flags(m, remaining->flags);
}

/* Shows which cgroup was out of memory, if one was. */
static void show_oom(struct seq_file *m, u64 cgroup, u64 limit)
{
	if (!cgroup)
		return;
	seq_printf(m, " oom.cgroup=%llu", cgroup);
	if (limit != U64_MAX)
		seq_printf(m, " oom.limit=%llu", limit);
}

/* Shows who sent a signal, or why the kernel did. */
static void show_source(struct seq_file *m, const struct nso_event *event)
{
	if (!event->signal.cause) {
		show_process(m, "sender", &event->signal.sender);
		return;
	}
	seq_printf(m, " cause=%s", nsorphan_cause_names[event->signal.cause]);
	if (nso_event_has_thread(event)) {
		show_process(m, "thread", &event->signal.sender);
		seq_printf(m, " thread.tid=%u", event->signal.tid);
	}
	if (event->signal.cause == NSORPHAN_SIGNAL_CAUSE_OOM)
		show_oom(m, event->signal.oom_cgroup, event->signal.oom_limit);
}

static void show_members(struct seq_file *m, const struct nso_event *event)
{
	const struct nso_adoption *adoption = &event->reparent.adoption;

	switch (event->type) {
	case NSORPHAN_EVENT_TYPE_REPARENT:
		show_process(m, "child", &event->reparent.child);
		show_state(m, "child", event->reparent.child_state);
		show_process(m, "old_parent", &adoption->old_parent);
		seq_printf(m, " old_parent.tid=%u", adoption->old_parent_tid);
		show_exit(m, "old_parent", adoption->old_parent_status);
		show_process(m, "new_parent", &adoption->new_parent);
		seq_printf(m, " reaper=%s",
			   nsorphan_reaper_names[adoption->reaper]);
		if (event->reparent.pdeath_signal)
			seq_printf(m, " pdeath_signal=%u",
				   event->reparent.pdeath_signal);
		seq_printf(m, " crossed=%s",
			   nso_event_crossed(event) ? "true" : "false");
		break;
	case NSORPHAN_EVENT_TYPE_TEARDOWN_BEGIN:
		show_process(m, "init", &event->teardown_begin.init);
		show_exit(m, "init", event->teardown_begin.init_status);
		show_process(m, "init_parent",
			     &event->teardown_begin.init_parent);
		seq_printf(m, " level=%u processes=%u",
			   event->teardown_begin.level,
			   event->teardown_begin.processes);
		break;
	case NSORPHAN_EVENT_TYPE_TEARDOWN_KILL:
		show_process(m, "process", &event->teardown_kill.process);
		show_state(m, "process", event->teardown_kill.process_state);
		show_process(m, "parent", &event->teardown_kill.parent);
		break;
	case NSORPHAN_EVENT_TYPE_TEARDOWN_END:
		show_process(m, "init", &event->teardown_end.init);
		seq_printf(m, " duration_ns=%llu",
			   event->teardown_end.duration_ns);
		if (event->teardown_end.before_load)
			show_before_load(m);
		else
			seq_printf(m, " killed=%u", event->teardown_end.killed);
		break;
	case NSORPHAN_EVENT_TYPE_TEARDOWN_STALL:
		seq_printf(m, " waited_ns=%llu",
			   event->teardown_stall.waited_ns);
		if (event->teardown_stall.before_load)
			show_before_load(m);
		show_remaining(m, &event->teardown_stall.remaining);
		break;
	case NSORPHAN_EVENT_TYPE_SIGNAL:
		seq_printf(m, " signal=%u", event->signal.signal);
		show_source(m, event);
		show_process(m, "target", &event->signal.target);
		seq_printf(m, " result=%s",
			   nsorphan_result_names[event->signal.result]);
		break;
	}
}

static void show_time(struct seq_file *m, u64 boot_ns)
{
	u32 ns;
	u64 s = div_u64_rem(boot_ns, NSEC_PER_SEC, &ns);

	seq_printf(m, "%llu.%09u", s, ns);
}

void nso_show_event(struct seq_file *m, const struct nso_event *event)
{
	seq_printf(m, "%llu ", event->seq);
	show_time(m, event->boot_ns);
	seq_printf(m, " %s pidns=%u", nsorphan_event_names[event->type],
		   nso_event_pidns(event));
	show_cgroup(m, &event->cgroup);
	show_members(m, event);
	seq_putc(m, '\n');
}

void nso_show_lost(struct seq_file *m, u64 first, u64 count)
{
	seq_printf(m, "%llu ", first);
	show_time(m, ktime_get_boot_fast_ns());
	seq_printf(m, " %s first_seq=%llu count=%llu\n",
		   nsorphan_event_names[0], first, count);
}

void nso_show_teardown(struct seq_file *m,
		       const struct nso_teardown_info *teardown)
{
	seq_printf(m, "teardown pidns=%u level=%u", teardown->pidns,
		   teardown->level);
	show_cgroup(m, &teardown->cgroup);
	show_process(m, "init", &teardown->init);
	seq_printf(m, " waited_ns=%llu",
		   nso_elapsed_ns(teardown->begin_ns,
				  ktime_get_boot_fast_ns()));
	if (teardown->before_load)
		show_before_load(m);
	seq_putc(m, '\n');
}

void nso_show_remaining(struct seq_file *m,
			const struct nso_teardown_info *teardown,
			const struct nso_remaining *remaining)
{
	seq_printf(m, "process pidns=%u", teardown->pidns);
	show_remaining(m, remaining);
	seq_putc(m, '\n');
}

void nso_show_cgroup(struct seq_file *m, const struct nso_cgroup_info *info)
{
	seq_puts(m, "cgroup");
	show_cgroup(m, &info->cgroup);
	seq_puts(m, " path=");
	show_escaped(m, info->path);
	seq_putc(m, '\n');
}

void nso_show_container(struct seq_file *m,
			const struct nso_container *container)
{
	const struct nso_cgroup cgroup = { .key = container->key };

	seq_puts(m, "container");
	show_cgroup(m, &cgroup);
	seq_puts(m, " path=");
	show_escaped(m, container->path);
	show_process(m, "main", &container->main);
	if (container->end_ns)
		show_exit(m, "main", container->status);
	seq_printf(m, " begin_ns=%llu", container->begin_ns);
	if (container->end_ns)
		seq_printf(m, " end_ns=%llu", container->end_ns);
	if (container->pidns)
		seq_printf(m, " pidns=%u", container->pidns);
	if (container->teardown_begin_ns)
		seq_printf(m, " teardown_begin_ns=%llu",
			   container->teardown_begin_ns);
	if (container->teardown_end_ns)
		seq_printf(m, " teardown_end_ns=%llu",
			   container->teardown_end_ns);
	if (nso_container_has_killed(container))
		seq_printf(m, " killed=%u", container->killed);
	seq_printf(m, " adoptions=%u\n", container->adoptions);
}

void nso_show_container_signal(struct seq_file *m,
			       const struct nso_container_signal *signal)
{
	seq_printf(m, "signal signal=%u", signal->signal);
	if (signal->cause)
		seq_printf(m, " cause=%s", nsorphan_cause_names[signal->cause]);
	if (signal->cause == NSORPHAN_SIGNAL_CAUSE_OOM)
		show_oom(m, signal->oom_cgroup, signal->oom_limit);
	if (signal->has_sender) {
		show_process(m, "sender", &signal->sender);
		show_process(m, "sender_parent", &signal->sender_parent);
	}
	if (signal->sender_cgroup[0]) {
		seq_puts(m, " sender_cgroup=");
		show_escaped(m, signal->sender_cgroup);
	}
	seq_printf(m, " result=%s first_ns=%llu last_ns=%llu count=%u\n",
		   nsorphan_result_names[signal->result], signal->first_ns,
		   signal->last_ns, signal->count);
}
