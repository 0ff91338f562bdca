// SPDX-License-Identifier: GPL-2.0
/*
 * Prints in JSON what every command may print: structures in which each member
 * is known, and others in which none is. Numbers are the largest, and names
 * hold what JSON escapes and what is no UTF-8. Times of day are counted from
 * 1970: see __wrap_clock_real_ns(). Linked with -Wl,--wrap=clock_real_ns.
 */
#include <stdlib.h>
#include <string.h>

#include "explain/explain.h"
#include "explain/overview.h"
#include "explain/process-tree.h"
#include "genl/signal-count.h"
#include "genl/status.h"
#include "lib/poll.h"
#include "lib/util.h"
#include "output/output.h"
#include "output/stdout.h"

/* Has each character that is escaped in another way, and is 15 bytes long. */
#define NAME	"\"\\\b\f\n\r\t\x1f/\x7f\xff\xe2\x80\xa8\xc3"

/* Has each attribute up to @last. */
#define HAS_UP_TO(last)	((2U << (last)) - 1)

static const struct output_format *const json = &output_json;

static const struct process whole = {
	.has = HAS_UP_TO(NSORPHAN_A_PROCESS_THREAD_STATE),
	.pid = UINT32_MAX, .ns_pid = UINT32_MAX, .pidns = UINT32_MAX,
	.comm = NAME, .start_ns = UINT64_MAX, .uid = UINT32_MAX,
	.state = UINT32_MAX, .tid = UINT32_MAX, .exit_code = UINT32_MAX,
	.exit_signal = UINT32_MAX, .thread_state = NSORPHAN_TASK_STATE_DISK_SLEEP,
};

/* The longest process. */
static const struct process longest = {
	.has = HAS_UP_TO(NSORPHAN_A_PROCESS_THREAD_STATE),
	.pid = UINT32_MAX, .ns_pid = UINT32_MAX, .pidns = UINT32_MAX,
	.comm = "\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1",
	.start_ns = UINT64_MAX, .uid = UINT32_MAX,
	.state = NSORPHAN_TASK_STATE_DISK_SLEEP, .tid = UINT32_MAX,
	.exit_code = UINT32_MAX, .exit_signal = UINT32_MAX,
	.thread_state = NSORPHAN_TASK_STATE_DISK_SLEEP,
};

static const struct process bare = {
	.has = 1U << NSORPHAN_A_PROCESS_PID, .pid = 1,
};

uint64_t __wrap_clock_real_ns(uint64_t boot_ns)
{
	return boot_ns;
}

static struct event whole_event(void)
{
	struct event event = {
		.has = HAS_UP_TO(NSORPHAN_A_EVENT_RESULT),
		.type = NSORPHAN_EVENT_TYPE_REPARENT,
		.seq = UINT64_MAX, .boot_ns = 1123456789, .pidns = UINT32_MAX,
		.cgroup = UINT64_MAX, .reaper = NSORPHAN_REAPER_NS_INIT,
		.pdeath_signal = UINT32_MAX, .crossed = true,
		.level = UINT32_MAX, .processes = UINT32_MAX,
		.duration_ns = UINT64_MAX, .killed = UINT32_MAX,
		.waited_ns = UINT64_MAX, .flags = 5, .signal = UINT32_MAX,
		.result = NSORPHAN_SIGNAL_RESULT_LOST,
	};
	int role;

	for (role = ROLE_CHILD; role <= ROLE_TARGET; role++) {
		event.process[role] = whole;
		event.process[role].ns_pid = (uint32_t)role;
	}
	return event;
}

static const struct container named = {
	.id = NAME,
	.names = {
		.name = NAME, .pod = NAME, .pod_namespace = NAME, .user = NAME,
	},
};

/* Processes are printed again where they are those of the event before. */
static void print_events(void)
{
	struct event event = whole_event();

	json->event(&event, &named);
	json->event(&event, NULL);
	event.process[ROLE_CHILD] = longest;
	event.process[ROLE_TARGET] = bare;
	event.flags = 0;
	json->event(&event, &(struct container){ .id = "" });
	json->event(&(struct event){ .type = UINT32_MAX }, NULL);
	json->lost(&(struct event){
		.type = EVENT_LOST, .seq = UINT64_MAX, .count = UINT64_MAX,
	});
}

static void print_signals(void)
{
	struct signal_count rows[] = {
		{
			.signal = UINT32_MAX, .result = UINT32_MAX,
			.sender = whole, .target = bare,
			.target_container = NAME, .count = UINT64_MAX,
			.first_ns = 1, .last_ns = 10, .changed = true,
		},
		{ .count = 1 },
	};
	struct signal_count *list[] = { &rows[0], &rows[1] };
	struct signal_counts counts = {
		.rows = list, .nr_rows = ARRAY_SIZE(list),
	};

	json->signals(&counts, false);
	json->signals(&counts, true);
}

static void print_status(void)
{
	static const struct check checks[] = {
		{ .name = "one", .ok = true },
		{ .name = "two", .ok = false, .detail = NAME },
	};

	json->status(&(struct status){
		.version = NAME, .kernel = NAME, .reparent_probe = NAME,
		.teardown_probe = NAME, .records = UINT32_MAX,
		.bytes = UINT64_MAX, .oldest_seq = UINT64_MAX,
		.next_seq = UINT64_MAX, .overwritten = UINT64_MAX,
		.dropped = UINT64_MAX, .missed = UINT64_MAX,
		.blind_from_ns = 1123456789, .blind_to_ns = 1123456789,
		.mismatched = UINT64_MAX, .readers = UINT32_MAX,
		.teardowns = UINT32_MAX, .stall_ms = UINT32_MAX,
		.signals = NSORPHAN_SIGNALS_ALL,
	});
	json->status(&(struct status){ .records = 0 });
	json->checks(checks, 2);
	json->checks(checks, 1);
	json->checks(checks, 0);
}

static void print_teardowns(void)
{
	struct remaining remaining[] = {
		{ .process = whole, .parent = bare, .tracer = whole, .flags = 63 },
		{ .process = bare },
	};

	json->teardown(&(struct teardown){
		.pidns = UINT32_MAX, .level = UINT32_MAX, .init = whole,
		.before_load = true, .waited_ns = UINT64_MAX,
		.remaining = remaining,
		.count = ARRAY_SIZE(remaining),
	}, &named);
	json->teardown(&(struct teardown){ .pidns = 0 }, NULL);
}

static void print_explanations(void)
{
	static struct explanation all, nothing;
	struct view *init = &all.facts.init;
	struct finding findings[2];
	char text[] = NAME, detail[] = NAME, remedy[] = NAME;
	struct chain_link links[] = {
		{
			.process = bare, .waits = true, .kind = WAIT_FUSE,
			.detail = detail,
		},
		{ .what = detail },
	};
	struct process candidates[] = { bare, whole };
	struct chain chain = {
		.links = links, .count = ARRAY_SIZE(links),
		.candidates = candidates, .nr_candidates = 2,
		.remedy = remedy,
	};

	*init = (struct view){
		.process = whole, .has_signals = true, .pending = UINT64_MAX,
		.blocked = 1, .ignored = UINT64_C(1) << 63,
		.blocked_in = { .syscall = NAME, .wchan = NAME, .what = NAME },
		.parent = bare, .tracer = whole, .live_thread = 7,
	};
	init->process.start_ns = 0;
	findings[0] = (struct finding){
		.view = init, .cause = VERDICT_INIT_WAITS, .flags = 3,
		.chain = &chain,
	};
	findings[1] = (struct finding){
		.view = &nothing.facts.init, .cause = VERDICT_RUNNING,
	};
	all.facts.pidns = UINT32_MAX;
	all.facts.has_init = true;
	all.facts.own_ns = true;
	all.facts.container = named;
	all.verdict = (struct verdict){
		.kind = VERDICT_INIT_WAITS,
		.findings = findings, .count = ARRAY_SIZE(findings),
	};
	all.text = text;
	all.advice = (struct advice){
		.process = &init->process, .remedy = remedy,
	};
	all.history.recent_signals.count = 2;
	all.history.recent_signals.events[0] = whole_event();
	all.history.recent_signals.events[0].cgroup = 0;
	json->explain(&all);

	/* A thread that the module does not report. */
	nothing.facts.has_init = true;
	nothing.facts.init = (struct view){ .process = bare, .live_thread = 7 };
	nothing.facts.condition = NS_LEFT_BEHIND;
	nothing.facts.ns_init = bare;
	nothing.text = text;
	json->explain(&nothing);

	nothing.facts.has_init = false;
	nothing.facts.init = (struct view){ .letter = '\0' };
	nothing.facts.ns_init = (struct process){ .has = 0 };
	nothing.facts.condition = NS_GONE;
	nothing.verdict.kind = VERDICT_GONE;
	json->explain(&nothing);
}

static void print_tree(void)
{
	static const struct orphan orphan = {
		.lost = whole, .seq = UINT64_MAX, .boot_ns = 1000000000,
	};
	char container[] = NAME;
	struct task deep = {
		.process = whole, .levels = TASK_LEVELS, .letter = 'Z',
		.container = container,
	};
	struct task flat = { .process = bare };
	struct tree_node nodes[] = {
		{
			.task = &deep, .parent = &flat, .orphan = &orphan,
			.subreaper = true, .outside = true,
		},
		{ .task = &flat },
	};
	struct process_tree tree = { nodes, ARRAY_SIZE(nodes) };
	unsigned int i;

	for (i = 0; i < TASK_LEVELS; i++)
		deep.ns_pids[i] = i;
	json->tree(&tree);
}

static void print_list(void)
{
	struct overview_row rows[] = {
		{
			.container = named, .pidns = UINT32_MAX, .main = whole,
			.state = "alive", .verdict = VERDICT_HEALTHY,
			.processes = SIZE_MAX, .zombies = SIZE_MAX,
			.risks = (1U << RISKS) - 1,
		},
		{ .state = "left-behind", .verdict = VERDICT_LEFT_BEHIND },
	};
	struct overview overview = {
		.rows = rows, .count = ARRAY_SIZE(rows),
	};

	json->list(&overview);
}

int main(void)
{
	stdout_init();
	if (poll_init())
		return EXIT_STATUS_FAILED;
	print_events();
	print_signals();
	print_status();
	print_teardowns();
	print_explanations();
	print_tree();
	print_list();
	stdout_commit();
	return stdout_finish(EXIT_STATUS_DONE);
}
